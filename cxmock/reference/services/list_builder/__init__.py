"""List Builder (port 3008): contact and suppression lists from files, and results back into files."""

from cxmock.reference.services.list_builder.list_builder import ListBuilder, build

__all__ = ["ListBuilder", "build"]
