"""The synchronous faces of the stores: what tests look at and ask, without a loop and without a driver."""

from cxmock.testbed.faces.postgres import PostgresFace, StoredContactList, StoredSuppressionList
from cxmock.testbed.faces.redis import RedisFace

__all__ = ["PostgresFace", "RedisFace", "StoredContactList", "StoredSuppressionList"]
