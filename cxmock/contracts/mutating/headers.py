"""Changes of an HTTP message's headers: each dropped, and of another value where the value is promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cxmock.contracts.matching.headers import check_header_value
from cxmock.contracts.matching.rules import named
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.model import HttpRequest, HttpResponse
from cxmock.contracts.mutating.mutant import Kind
from cxmock.contracts.mutating.said import Said

RawHeaders = Sequence[tuple[bytes, bytes]]

NOBODYS = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "transfer-encoding",
        "x-b3-traceid",
        "x-cxc-replica",
    }
)
"""What HTTP itself needs, and what operators look for in logs: no consumer relies on it."""


@dataclass(frozen=True, slots=True)
class ChangedHeaders:
    """Headers with one change."""

    kind: Kind
    place: str
    text: str
    said: Said
    """What the contract says of the header that changed."""
    raw_headers: list[tuple[bytes, bytes]]


def changes(raw: RawHeaders, promised: HttpRequest | HttpResponse) -> Iterator[ChangedHeaders]:
    """Yield ``raw`` with one change after the other; :data:`NOBODYS` stay as they are."""
    shown = {name.lower(): text for name, text in promised.headers.items()}
    table = RuleTable(named(promised.matching_rules.header, lower=True), weighed=False)
    for index, (name, value) in enumerate(raw):
        header, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if header in NOBODYS:
            continue
        expected = shown.get(header)
        said = Said.NOTHING if expected is None else Said.VALUE
        place = f"header {header}"
        yield ChangedHeaders(Kind.HEADER, place, "is missing", said, [*raw[:index], *raw[index + 1 :]])
        if header == "content-type":
            # Of what kind a body is, a promised body says too.
            said = said if promised.body is None else Said.KIND
            other = "text/html" if "html" not in text else "application/json"
            yield _put(Kind.CONTENT_TYPE, raw, index, other, said)
        elif header == "set-cookie":
            for attribute in text.split(";")[1:]:
                less = text.replace(f";{attribute}", "", 1)
                without = f"lacks {attribute.strip().partition('=')[0]}"
                yield ChangedHeaders(Kind.HEADER, place, without, said, _with(raw, index, less))
        elif expected is not None:
            check = check_header_value(header, expected if isinstance(expected, str) else expected[0], table)
            for other in [one for one in (f"{text}~", "~") if check(one)][:1]:
                yield _put(Kind.HEADER, raw, index, other, said)


def _put(kind: Kind, raw: RawHeaders, index: int, text: str, said: Said) -> ChangedHeaders:
    name, value = raw[index]
    words = f'is "{text}", it was "{value.decode("latin-1")}"'
    return ChangedHeaders(kind, f"header {name.decode('latin-1').lower()}", words, said, _with(raw, index, text))


def _with(raw: RawHeaders, index: int, text: str) -> list[tuple[bytes, bytes]]:
    return [*raw[:index], (raw[index][0], text.encode("latin-1")), *raw[index + 1 :]]
