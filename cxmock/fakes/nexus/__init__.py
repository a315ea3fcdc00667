"""Nexus (Digital Channels), played for connection 12."""

from cxmock.fakes.nexus.nexus import Nexus
from cxmock.fakes.nexus.outcomes import Outcomes
from cxmock.fakes.nexus.webhooks import Webhooks

__all__ = ["Nexus", "Outcomes", "Webhooks"]
