"""Dial Manager: sends the messages of SMS and e-mail campaigns through Nexus, in batches, each once."""

from cxmock.reference.services.dial_manager.dial_manager import DialManager, build

__all__ = ["DialManager", "build"]
