"""Row 1, whole requests: for each kind of object one request with all of its fields, one with what it needs.

Between the two is whatever a caller may combine: strict mode and conformance take a field as it is promised in any of
these (see ``cxmock.contracts.together``). An object is sent back as it was told, too: with ``version``, ``created`` and
``changed``, and with null where nothing is set. Paths and fields are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.contracts.authoring import (
    Ask,
    Given,
    each_like,
    given,
    integer,
    like,
    null_or,
    number,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.compliance import HAS_LIST as HAS_SUPPRESSION
from cxmock.contracts.authoring.compliance import HAS_RULE, Call
from cxmock.contracts.authoring.contact import API, done, refused
from cxmock.contracts.authoring.row_01_campaigns import CHAIN
from cxmock.contracts.authoring.row_01_fields import (
    DELIMITER,
    DESCRIPTION,
    DIALING_WORDS,
    EXPIRES,
    NAME,
    TEXT,
    YES_NO,
    condition,
    nothing_or,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of named objects."""

    name: str
    """As paths have it."""
    one: str
    """The name of the one that is there."""
    needed: Mapping[str, Any]
    """The fields that each of them needs, apart from its name."""
    others: Mapping[str, Any]
    made_of: Mapping[str, Any]
    """The fields of the one that is there."""
    states: tuple[Given, ...] = ()
    """What they build on."""
    ways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Other requests for one, by what they say."""
    instead: Mapping[str, Any] = field(default_factory=dict)
    """What is taken from the one that is there, where one of these ways takes its place."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What is told otherwise than it is asked for."""
    unsaid: tuple[str, ...] = ()
    """What is told as null where nobody has said it: no list, which is all that an answer's matcher can take."""
    least: tuple[str, ...] = ()
    """The methods of which it is promised here that they do with what one needs; of others it is promised elsewhere."""


COLUMN = {"heading": null_or(like("Nummer")), "position": nothing_or(integer(1)), "field": like("ClientID")}
"""Of a data-mapping schema."""
KINDS = (
    Kind(
        "labels",
        "VIP",
        {},
        {
            "description": DESCRIPTION,
            "color": null_or(regex("(#[0-9a-f]{6})?", "#ff0000")),
            "contactLists": each_like(NAME, min=0),
        },
        {},
        least=("PUT",),
    ),
    Kind(
        "session-profiles",
        "Spring",
        {},
        {
            "description": DESCRIPTION,
            "channels": null_or(integer(3)),
            "callerId": null_or(regex(r"(\+[1-9][0-9]{6,14})?", "+442079460000")),
        },
        {},
        least=("POST", "PUT"),
    ),
    Kind(
        "dialing-profiles",
        "Spring",
        {"type": one_of("agent", "ivr", "alert", "general"), "sessionProfile": like("daytime")},
        {
            "description": DESCRIPTION,
            **DIALING_WORDS,
            **{text: null_or(TEXT) for text in ("message", "subject", "sender")},
        },
        {"type": "agent", "sessionProfile": "daytime"},
        (CHAIN,),
    ),
    Kind(
        "campaign-templates",
        "Spring",
        {"dialingProfile": like("calls")},
        {
            "description": DESCRIPTION,
            "rules": each_like(like("quiet"), min=0),
            "suppressionLists": each_like(like("bankrupt"), min=0),
        },
        {"dialingProfile": "calls"},
        (CHAIN, HAS_RULE, HAS_SUPPRESSION),
        unsaid=("rules", "suppressionLists"),
        ways={"that chooses nothing": {"dialingProfile": like("calls"), "rules": None, "suppressionLists": None}},
    ),
    Kind(
        "data-mapping-schemas",
        "Spring",
        {},
        {
            "description": DESCRIPTION,
            "header": YES_NO,
            "delimiter": DELIMITER,
            "columns": each_like(COLUMN),
        },
        {},
        told={"columns": each_like(COLUMN, min=0)},
        ways={
            "by headings": {"columns": each_like({"heading": like("Nummer"), "field": like("ClientID")})},
            "by positions": {"columns": each_like({"position": integer(1), "field": like("ClientID")})},
        },
        least=("POST", "PUT"),
    ),
    *(
        Kind(
            rules,
            "Spring",
            {"condition": condition()},
            {"description": DESCRIPTION},
            {"condition": condition().example},
            told={"condition": stated(condition().example, condition())},
        )
        for rules in ("selection-rules", "filtering-rules")
    ),
    Kind(
        "upload-rules",
        "Spring",
        {"by": one_of("percent", "quantity", "field", "custom")},
        {
            "description": DESCRIPTION,
            "quantity": nothing_or(integer(100)),
            "field": null_or(TEXT),
            "lists": each_like({"name": like("A"), "percent": null_or(number(100)), "condition": None}, min=0),
            "otherwise": null_or(TEXT),
        },
        {"by": "quantity", "quantity": 100},
        told={
            "lists": each_like(
                {"name": like("A"), "percent": null_or(number(100)), "condition": nothing_or(condition())}, min=0
            )
        },
        ways={
            "by quantity": {"by": "quantity", "quantity": integer(100)},
            "by percent": {"by": "percent", "lists": each_like({"name": like("A"), "percent": number(100)})},
            "by conditions": {
                "by": "custom",
                "lists": each_like({"name": like("A"), "condition": condition()}),
            },
        },
        instead={"quantity": None},
    ),
    Kind(
        "message-templates",
        "Spring",
        {"media": one_of("sms", "email"), "text": like("Hello {FirstName}")},
        {"subject": null_or(TEXT), "sender": null_or(TEXT)},
        {"media": "sms", "text": "Hello"},
        least=("PUT",),
    ),
)

KEPT = {name: null_or(integer(1767225600)) for name in ("created", "changed")}
"""What is told of an object beside its own fields; in a request it means nothing."""


def about_whole_objects() -> Iterator[Call]:
    """Yield the promises."""
    for kind in KINDS:
        yield from _kind(kind)
    yield from _keys()


def _kind(kind: Kind) -> Iterator[Call]:
    path, one = f"{API}/{kind.name}", kind.name.replace("-", " ")[:-1]
    a = "an" if one.startswith("u") else "a"
    place = regex(f"{path}/[^/]+", f"{path}/{kind.one}")
    none = given("CX Contact has no {kind} {name}", kind=kind.name, name=kind.one)
    there = given("CX Contact has {kind} {name} with {fields}", kind=kind.name, name=kind.one, fields=kind.made_of)
    moment = integer(1767225600)
    kept = {"version": integer(1), "created": moment, "changed": moment}
    told = {"name": stated(kind.one), **kind.needed, **kind.others, **kind.told, **kept}
    whole = {"name": like(kind.one), **kind.needed, **kind.others, **KEPT, "version": null_or(integer(1))}
    asked = Ask("POST", path, json=whole)
    yield Call(f"{a} {one} is made of all its fields", asked, done(told, status=201), (*kind.states, none))
    for method, what in (("PUT", "set to"), ("PATCH", "changed in")):
        asked = Ask(method, place, json=whole)
        yield Call(f"{a} {one} is {what} all its fields", asked, done(told), (*kind.states, there))
    same = Ask("PATCH", place, json={})
    said = {name: value for name, value in told.items() if name not in kind.unsaid}
    yield Call(f"nothing of {a} {one} is changed", same, done(said), (*kind.states, there))
    if "POST" in kind.least:
        least = Ask("POST", path, json={"name": like(kind.one), **kind.needed})
        yield Call(f"{a} {one} is made of what it needs", least, done(told, status=201), (*kind.states, none))
    if "PUT" in kind.least:
        least = Ask("PUT", place, json=kind.needed)
        yield Call(f"{a} {one} is set to what it needs", least, done(told), (*kind.states, there))
    for way, fields in kind.ways.items():
        said = {**told, **{name: None for name in kind.unsaid if fields.get(name, ...) is None}}
        made = Ask("POST", path, json={"name": like(kind.one), **fields})
        yield Call(f"{a} {one} {way} is made", made, done(said, status=201), (*kind.states, none))
        for method, what in (("PUT", "set"), ("PATCH", "made of another")):
            asked = Ask(method, place, json=fields if method == "PUT" else {**kind.instead, **fields})
            yield Call(f"{a} {one} {way} is {what}", asked, done(said), (*kind.states, there))


def _keys() -> Iterator[Call]:
    keys = f"{API}/api-keys"
    none = given("CX Contact has no {kind} {name}", kind="api-keys", name="nightly")
    whole = {"name": like("nightly"), "readOnly": YES_NO, "expires": EXPIRES, **KEPT, "version": null_or(integer(1))}
    moment = integer(1767225600)
    told = done(
        {
            "name": stated("nightly"),
            "readOnly": YES_NO,
            "expires": EXPIRES,
            "key": regex(r"[\w=-]+\.[\w-]{32,}", "bmlnaHRseQ==." + "s" * 32),
            "version": integer(1),
            "created": moment,
            "changed": moment,
        },
        status=201,
    )
    yield Call("an API key is made of all its fields", Ask("POST", keys, json=whole), told, (none,))
    none = given("CX Contact has no {kind} {name}", kind="pgp-keys", name="lists")
    wrong = Ask("POST", f"{API}/pgp-keys", json={"name": like("lists"), "key": like("nonsense"), "passphrase": TEXT})
    yield Call("what is no PGP key is refused, whatever its passphrase", wrong, refused(400, 652), (none,))
    without = Ask("POST", f"{API}/pgp-keys", json={"name": like("lists"), "key": like("nonsense")})
    yield Call("what is no PGP key is refused without a passphrase, too", without, refused(400, 652), (none,))
