"""What a server that stands alone says about itself: it has no replicas, cluster or modules, and nothing was slow."""

from __future__ import annotations

from typing import Any

from cxmock.wire.resp import ErrorReply

_NO_CLUSTER = ErrorReply("ERR This instance has cluster support disabled")
_ANSWERS: dict[tuple[bytes, ...], Any] = {
    (b"CLUSTER",): _NO_CLUSTER,
    (b"READONLY",): _NO_CLUSTER,
    (b"READWRITE",): _NO_CLUSTER,
    (b"ROLE",): [b"master", 0, []],
    (b"WAIT",): 0,
    (b"SLOWLOG", b"GET"): [],
    (b"SLOWLOG", b"LEN"): 0,
    (b"SLOWLOG", b"RESET"): "OK",
    (b"LATENCY", b"LATEST"): [],
    (b"LATENCY", b"RESET"): 0,
    (b"MODULE", b"LIST"): [],
    (b"COMMAND", b"DOCS"): {},
}


def answer(words: list[bytes]) -> Any:
    """Return what there is to say to a command; None where it is another's matter."""
    name = words[0].upper()
    found = _ANSWERS.get((name,))
    return found if found is not None or len(words) < 2 else _ANSWERS.get((name, words[1].upper()))
