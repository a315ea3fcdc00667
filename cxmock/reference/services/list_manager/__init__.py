"""List Manager (port 3007): the files on the share, and calling lists in Configuration."""

from cxmock.reference.services.list_manager.list_manager import ListManager, build

__all__ = ["ListManager", "build"]
