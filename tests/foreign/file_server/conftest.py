"""The customer's file server alone, as our own clients have it."""

from tests.fakes.sftp.conftest import running, server, testbed

__all__ = ["running", "server", "testbed"]
