"""Row 5, compliance data that several List Builders pull: no older ones take the place of newer ones."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, integer, unseen
from cxmock.contracts.authoring.commands import OK, ask, fixed, hash_of, name, no_key

RULES = assumed("the guide has compliance data; that they are in Redis, and how, is ours")


def about_faults(row: Row) -> None:
    """Add the promises."""
    have = hash_of("compliance", version="9.1", etag='"9.1"')
    what = "the compliance data at hand are watched while others take their place"
    ask(row, what, RULES, ["WATCH", fixed("compliance")], OK, have)
    queued = [
        ["SET", name("compliance", "document"), "{}"],
        ["HSET", name("compliance"), "version", "9.1", "etag", '"9.1"'],
        ["INCRBY", name("rules", "version"), "1"],
    ]
    row.operation(
        "compliance data take the place of others all at once",
        RULES,
        "redis",
        {"argv": ["EXEC"], "queued": unseen(queued)},
        {"type": "array", "value": ["OK", integer(2), integer(1)]},
        states=[no_key("compliance")],
    )
