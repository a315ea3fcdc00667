"""FTP: ``{"op": "read", "path": "/in/leads.csv"}`` -> ``{"size", "sha256", "text"}``, or ``{"error"}``."""

from __future__ import annotations

from cxmock.clients.perform_transfer import TransferPerformer
from cxmock.contracts.adapters.adapter import Access, Adapter


def adapter(access: Access) -> Adapter:
    """Return a client of the FTP server at ``access.url``, unencrypted."""
    performer = TransferPerformer(access.url, within=access.within)
    return Adapter(performer.perform, performer.close, {"op": "read", "path": "/in/leads.csv"})
