"""Every sentence that we say when something is wrong: one class per fault, one file per subject."""

from cxmock.errors.base import CxmockError, PromiseBroken, nearest
from cxmock.errors.journal import NothingSeen

__all__ = ["CxmockError", "NothingSeen", "PromiseBroken", "nearest"]
