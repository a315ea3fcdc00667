"""Facts: what happened on each connection."""

from cxmock.journal.exchange import Exchange
from cxmock.journal.journal import Bell, Journal

__all__ = ["Bell", "Exchange", "Journal"]
