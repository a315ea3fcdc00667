"""Coverage for programs: JSON, every promise with every column that it can have."""

from __future__ import annotations

import json
from typing import Any

from cxmock import __version__
from cxmock.contracts.coverage.column import Column
from cxmock.contracts.coverage.coverage import Coverage, Promised, Share
from cxmock.topology import CONNECTIONS


def text(coverage: Coverage) -> str:
    """Return coverage as JSON."""
    return json.dumps(facts(coverage), indent=2, ensure_ascii=False) + "\n"


def facts(coverage: Coverage) -> dict[str, Any]:
    """Return what the JSON says. In a promise's columns, null is: not tried."""
    return {
        "cxmock": __version__,
        "promises": len(coverage.promises),
        "total": _share(coverage.total()),
        "columns": {column: _share(coverage.share(column)) for column in Column},
        "outdated": coverage.outdated,
        "found": [
            {
                "who": one.who,
                "where": one.where,
                "when": one.when,
                "release": one.release,
                "promises": len(one.promises),
            }
            for one in coverage.facts
        ],
        "connections": [
            {
                "connection": row.number,
                "contract": row.contract,
                "columns": {
                    column: _share(share)
                    for column in Column
                    if (share := coverage.share(column, number=row.number)).of
                },
                "promises": [_promise(one) for one in coverage.of(row.number)],
            }
            for row in CONNECTIONS
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"covered": share.covered, "of": share.of, "broken": share.broken, "percent": share.percent}


def _promise(one: Promised) -> dict[str, Any]:
    return {
        "description": one.interaction.description,
        "key": one.interaction.key,
        "evidence": one.interaction.comments.cxmock.evidence,
        "columns": dict(one.columns),
    }
