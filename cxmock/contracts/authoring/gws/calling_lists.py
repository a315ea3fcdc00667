"""The configuration API, ``/configuration/v3``, as List Manager uses it to remove calling lists."""

from __future__ import annotations

from cxmock.contracts.authoring import Ask, Row, assumed, from_state, given, regex, stated
from cxmock.contracts.authoring.gws.configuration import OBJECTS
from cxmock.contracts.authoring.gws.shared import TOKEN_IS_VALID, WITH_TOKEN, done

WRITING = assumed("reading is documented; that writes are DELETE on the same paths is ours")


def promise(row: Row) -> None:
    """Add the promises."""
    for description, kind, state in (
        ("a calling list that no campaign has is deleted", "calling-lists", "calling list {name} exists"),
        ("a table access that no calling list has is deleted", "table-accesses", "table access {name} exists"),
    ):
        path = f"{OBJECTS}/{kind}"
        this = stated(from_state(f"{path}/${{dbid}}", f"{path}/101"), regex(f"{path}/[0-9]+", f"{path}/101"))
        states = [TOKEN_IS_VALID, given(state, name="Late autumn")]
        row.http(description, WRITING, Ask("DELETE", this, headers=WITH_TOKEN), done(), states=states)
