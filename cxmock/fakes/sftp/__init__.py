"""The SFTP and FTP server that customers drop their files on (connection 2)."""

from cxmock.fakes.sftp.part import Sftp

__all__ = ["Sftp"]
