"""NFS: ``{"proc": "READ", "path": "/in/leads.csv"}`` -> ``{"status": "OK", "count": 512, "eof": true}``."""

from __future__ import annotations

from cxmock.clients.perform_nfs import NfsPerformer
from cxmock.contracts.adapters.adapter import Access, Adapter


def adapter(access: Access) -> Adapter:
    """Return a client of the share at ``access.url``."""
    performer = NfsPerformer(access.url, within=access.within)
    return Adapter(performer.perform, performer.aclose, {"proc": "READ", "path": "/in/leads.csv"})
