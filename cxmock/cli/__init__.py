"""The command line: one verb, one file."""

from cxmock.cli.main import main

__all__ = ["main"]
