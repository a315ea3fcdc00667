"""Row 1, the API's breadth: named objects, pages of lists, API keys, settings, who may only read, the document.

That there are labels, settings and API keys is documented of CX Contact or of Genesys' APIs; all that is said of them
here is assumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    assumed,
    from_state,
    given,
    integer,
    like,
    not_empty,
    null_or,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.contact import API, LOGGED_IN, WITH_SESSION, done, each_of, page, refused

CALLS = assumed("the API's paths, bodies and refusals are not public")
LABELS, KEYS, SETTINGS = f"{API}/labels", f"{API}/api-keys", f"{API}/settings"
ONE = regex(f"{LABELS}/[^/]+", f"{LABELS}/VIP")
KEY = regex(f"{KEYS}/[^/]+", f"{KEYS}/nightly")
HAS_LABEL = given("CX Contact has {kind} {name}", kind="labels", name="VIP")
NO_LABEL = given("CX Contact has no {kind} {name}", kind="labels", name="VIP")
HAS_KEY = given("API key {name} is known", name="nightly")
READING_KEY = given("API key {name} may only read", name="nightly")
NO_KEY = given("CX Contact has no {kind} {name}", kind="api-keys", name="nightly")
READER = given("user {name} of role {role} is logged in to CX Contact", name="Ada", role="ROLE_AGENT")
WITH_KEY = {"x-api-key": from_state("${api_key}", "bmlnaHRseQ==.secret")}
MOMENT = integer(1767225600)
LAST_MOMENT = 2**31 - 1
COLOR = regex("(#[0-9a-f]{6})?", "#ff0000")
PAGED = ("contact-lists", "suppression-lists", "jobs", "campaigns", "campaign-groups", "compliance-rules", "api-keys")


def about_resources(row: Row) -> None:
    """Add the promises."""
    _labels(row)
    _pages(row)
    _api_keys(row)
    _settings(row)
    _readers(row)
    row.http(
        "the API says what it is",
        CALLS,
        Ask("GET", f"{API}/openapi.json"),
        Answer(200, json={"openapi": regex(r"3\.1\.\d+", "3.1.0"), "paths": like({LABELS: {}})}),
    )
    nowhere = stated(f"{API}/elsewhere", regex(f"{API}/elsewhere.*", f"{API}/elsewhere"))
    _call(row, "the API has nothing elsewhere", Ask("GET", nowhere), refused(404, 604))
    _call(row, "a method that will not do is refused", Ask("DELETE", LABELS), refused(405, 604))


def _call(row: Row, description: str, ask: Ask, answer: Answer, *states: Given) -> None:
    row.http(description, CALLS, replace(ask, headers=WITH_SESSION), answer, states=[LOGGED_IN, *states])


def _label(**known: Any) -> dict[str, Any]:
    """Return a label as it is told; what follows from the state may be said."""
    told = {"description": like(""), "color": COLOR, "contactLists": like([]), "version": integer(1)}
    return {"name": stated("VIP"), **told, "created": MOMENT, "changed": MOMENT, **known}


def _labels(row: Row) -> None:
    whole = {"description": like("treat well"), "color": COLOR, "contactLists": like(["Spring"])}
    ways: dict[str, dict[str, Any]] = {"": {}, " with all its fields": whole, " of a color alone": {"color": COLOR}}
    for what, body in ways.items():
        ask = Ask("POST", LABELS, json={"name": like("VIP"), **body})
        _call(row, f"a label is made{what}", ask, done(_label(), status=201), NO_LABEL)
    _call(row, "a label is told", Ask("GET", ONE), done(_label(version=stated(1))), HAS_LABEL)
    second = _label(version=stated(2, integer(2)))
    _call(row, "all fields of a label are set", Ask("PUT", ONE, json=whole), done(second), HAS_LABEL)
    _call(row, "a field of a label is set", Ask("PATCH", ONE, json={"color": COLOR}), done(second), HAS_LABEL)
    mine = Ask("PUT", ONE, json={"version": stated(1, integer(1)), "color": COLOR})
    _call(row, "a label is set over the version that was read", mine, done(second), HAS_LABEL)
    late = Ask("PUT", ONE, json={"version": integer(7), "color": COLOR})
    _call(row, "a label is not set over a version that it has not", late, refused(409, 409), HAS_LABEL)
    _call(row, "a label is removed", Ask("DELETE", ONE), done(), HAS_LABEL)
    again = Ask("POST", LABELS, json={"name": like("VIP")})
    _call(row, "a label's name is given once", again, refused(409, 609), HAS_LABEL)
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("without a name", {"color": COLOR}, 651),
        ("with no name", {"name": ""}, 651),
        ("whose name is a number", {"name": 7}, 652),
        ("whose name is a path", {"name": "a/b"}, 652),
        ("whose name is too long", {"name": "n" * 101}, 652),
        ("of a color that is none", {"name": like("VIP"), "color": "red"}, 652),
        ("of too many words", {"name": like("VIP"), "description": "d" * 1001}, 652),
        ("for what is no list", {"name": like("VIP"), "contactLists": "Spring"}, 652),
        ("with a field that there is not", {"name": like("VIP"), "colour": like("#ff0000")}, 652),
    )
    for what, body, code in wrong:
        _call(row, f"a label {what} is not made", Ask("POST", LABELS, json=body), refused(400, code), NO_LABEL)
    renamed = Ask("PUT", ONE, json={"name": "VIPs"})
    _call(row, "a label keeps its name", renamed, refused(400, 652), HAS_LABEL)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        ask = Ask(method, ONE, json={"color": COLOR}) if method in ("PUT", "PATCH") else Ask(method, ONE)
        _call(row, f"{method} of a label that nobody made", ask, refused(404, 604), NO_LABEL)


def _paging(offset: Any, limit: Any, total: Any) -> dict[str, Any]:
    return {"offset": offset, "limit": limit, "total": total}


def _pages(row: Row) -> None:
    labels = stated([_label()], like([]))
    one = _paging(0, 100, stated(1))
    _call(row, "the labels are listed", Ask("GET", LABELS), page(labels, one), HAS_LABEL)
    for what, query, paging in (
        ("a page of the labels", {"offset": "0", "limit": "1"}, _paging(0, 1, stated(1))),
        ("the labels, the newest first", {"sort": "-created,name"}, one),
        ("the labels that have some letters in their names", {"name": "vi"}, one),
    ):
        _call(row, f"{what} is told", Ask("GET", LABELS, query=query), page(labels, paging), HAS_LABEL)
    none = page([], _paging(0, 100, 0))
    red = Ask("GET", LABELS, query={"color": "#ff0000"})
    _call(row, "labels of a color that none has are none", red, page(stated([]), _paging(0, 100, stated(0))), HAS_LABEL)
    beyond = Ask("GET", LABELS, query={"offset": "1000000000"})
    _call(row, "beyond its end a list has nothing", beyond, page([], _paging(1000000000, 100, stated(1))), HAS_LABEL)
    letters = Ask("GET", LABELS, query={"name": "nobody has this"})
    _call(row, "labels whose names nobody gave are none", letters, none, HAS_LABEL)
    for what in PAGED:
        items = like({}) if what == "compliance-rules" else each_of(what)
        told = page(items, _paging(0, 2, integer(0)))
        described = f"a page of the {what.replace('-', ' ').replace('api', 'API')} is told"
        _call(row, described, Ask("GET", f"{API}/{what}", query={"limit": "2"}), told)
    for what, query in {
        "of none": {"limit": "0"},
        "that is too long": {"limit": "1001"},
        "that begins before the first": {"offset": "-1"},
        "of no number": {"limit": "ten"},
        "sorted by what there is not": {"sort": "size"},
        "asked for by a word that there is not": {"sotr": "name"},
    }.items():
        _call(row, f"a page {what} is not told", Ask("GET", LABELS, query=query), refused(400, 652))


def _api_keys(row: Row) -> None:
    shown = {"name": stated("nightly"), "readOnly": like(False), "expires": null_or(integer(LAST_MOMENT))}
    told = {**shown, "version": integer(1), "created": MOMENT, "changed": MOMENT}
    new = {**told, "key": regex(r"[\w=-]+\.[\w-]{32,}", "bmlnaHRseQ==." + "s" * 32)}
    for what, more in (
        ("", {}),
        (" for reading alone", {"readOnly": like(True)}),
        (" for a while", {"expires": integer(LAST_MOMENT)}),
    ):
        ask = Ask("POST", KEYS, json={"name": like("nightly"), **more})
        _call(row, f"an API key{what} is made, and told once", ask, done(new, status=201), NO_KEY)
    _call(row, "an API key is told about", Ask("GET", KEY), done(told), HAS_KEY)
    _call(
        row,
        "the API keys are listed",
        Ask("GET", KEYS),
        page(each_of("api-keys"), _paging(0, 100, integer(1))),
        HAS_KEY,
    )
    _call(row, "an API key is revoked", Ask("DELETE", KEY), done(), HAS_KEY)
    again = Ask("POST", KEYS, json={"name": like("nightly")})
    _call(row, "an API key's name is given once", again, refused(409, 609), HAS_KEY)
    never = Ask("POST", KEYS, json={"name": like("nightly"), "expires": 0})
    _call(row, "an API key that never holds is not made", never, refused(400, 652), NO_KEY)
    _call(row, "an API key that nobody made is not found", Ask("GET", KEY), refused(404, 604), NO_KEY)
    _call(row, "an API key that nobody made is not revoked", Ask("DELETE", KEY), refused(404, 604), NO_KEY)
    label = {"name": like("VIP")}
    row.stands_in("x-api-key", "Cookie")
    for description, ask, answer, states in (
        ("an API key stands in for a login", Ask("GET", LABELS), page(like([]), _paging(0, 100, integer(0))), HAS_KEY),
        (
            "whose API key it is",
            Ask("GET", f"{API}/session"),
            done({"username": not_empty("API key nightly"), "api_key": stated("nightly")}),
            HAS_KEY,
        ),
        ("an API key makes no API keys", Ask("POST", KEYS, json=label), refused(403, 603), HAS_KEY),
        (
            "an API key for reading alone changes nothing",
            Ask("POST", LABELS, json=label),
            refused(403, 603),
            READING_KEY,
        ),
    ):
        row.http(description, CALLS, replace(ask, headers=WITH_KEY), answer, states=[states])
    guessed = {"x-api-key": "bmlnaHRseQ==.guessed"}
    row.http("a guessed API key opens nothing", CALLS, Ask("GET", LABELS, headers=guessed), refused(401, 601))


def _settings(row: Row) -> None:
    told = done(
        {
            "country": regex("[A-Z]{2}", "US"),
            "timeZone": not_empty("UTC"),
            "encoding": one_of("", "UTF-8", "ISO-8859-1", "Windows-1252"),
            "messageDays": integer(90),
        }
    )
    _call(row, "the account's settings are told", Ask("GET", SETTINGS), told)
    for what, value in (
        ("country", regex("[A-Z]{2}", "GB")),
        ("timeZone", like("Europe/Paris")),
        ("encoding", one_of("UTF-8", "ISO-8859-1", "Windows-1252")),
        ("messageDays", integer(30)),
    ):
        _call(row, f"the account's {what} is set", Ask("PATCH", SETTINGS, json={what: value}), told)
        default = Ask("PATCH", SETTINGS, json={what: None})
        _call(row, f"the account's {what} is the default again", default, told)
    for what, body in {
        "a country that is none": {"country": "XX"},
        "a country by its name": {"country": "Britain"},
        "a time zone that is none": {"timeZone": "Lunar/Base"},
        "an encoding that is none": {"encoding": "EBCDIC"},
        "messages that are kept for no day": {"messageDays": 0},
        "what there is not": {"zone": "UTC"},
    }.items():
        _call(row, f"the account's settings take not {what}", Ask("PATCH", SETTINGS, json=body), refused(400, 652))


def _readers(row: Row) -> None:
    def call(description: str, ask: Ask, answer: Answer) -> None:
        row.http(description, CALLS, replace(ask, headers=WITH_SESSION), answer, states=[READER])

    call("who is no supervisor reads", Ask("GET", LABELS), page(like([]), _paging(0, 100, integer(0))))
    call("who is no supervisor is told so", Ask("GET", f"{API}/session"), done({"read_only": like(True)}))
    for what, ask in (
        ("makes no label", Ask("POST", LABELS, json={"name": like("VIP")})),
        ("sets no settings", Ask("PATCH", SETTINGS, json={"country": like("GB")})),
        ("makes no API key", Ask("POST", KEYS, json={"name": like("nightly")})),
        ("removes no label", Ask("DELETE", ONE)),
        ("imports nothing", Ask("POST", f"{API}/contact-lists", json={"name": like("Spring"), "file": like("f")})),
    ):
        call(f"who is no supervisor {what}", ask, refused(403, 603))
