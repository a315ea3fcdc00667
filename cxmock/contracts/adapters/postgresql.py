"""PostgreSQL: ``{"sql": "... $1", "params": [1]}`` -> ``{"columns", "rows", "rowcount"}``, or ``{"error"}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.clients.postgres import PostgresClient
from cxmock.contracts.adapters.adapter import Access, Adapter
from cxmock.contracts.adapters.postgres_states import PostgresStates


def adapter(access: Access) -> Adapter:
    """Return a client of the PostgreSQL at ``access.url``, in the role that the URL names."""
    client = PostgresClient(access.url, name="cxc-contract", within=access.within)
    example: Mapping[str, Any] = {"sql": "select $1::int", "params": [1]}
    return Adapter(client.perform, client.aclose, example, PostgresStates(client), "login")
