"""Campaign control at OCS: ``StopDialing`` -> ``DialingStopped``, ``Error``."""

from __future__ import annotations

from cxmock.contracts.adapters.adapter import Access, Adapter
from cxmock.contracts.adapters.genesys import genesys_adapter
from cxmock.topology import connection


def adapter(access: Access) -> Adapter:
    """Return a client of the OCS at ``access.url``."""
    return genesys_adapter(access, connection(9), "StopDialing", {"campaignId": 101, "groupId": 102})
