"""The network file share: our own NFS version 3 over a jailed folder."""

from cxmock.fakes.share.part import Share

__all__ = ["Share"]
