"""Compliance rules and suppression lists as people set them: calls that rows 1 and 4 have in common.

Documented are the kinds of rules and what each looks at, that rules and lists are required or not, that lists expire,
and the default list of opt-outs; how all this is spelled is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    given,
    integer,
    like,
    null_or,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.contact import API, done, page, refused

RULES, CHOICES, LISTS = f"{API}/compliance-rules", f"{API}/compliance-choices", f"{API}/suppression-lists"
OPT_OUTS = "CXContactSMSOptOut"
DEVICE = "+12025550143"
GROUP = "Spring@Outbound agents"
LAST_MOMENT = 2147483647
NO_RULE = given("CX Contact has no compliance rule {name}", name="quiet")
HAS_RULE = given("CX Contact has compliance rule {name}", name="quiet")
CHOSE_NOTHING = given("campaign group {name} chose nothing", name=GROUP)
CHOSE = given("campaign group {name} chose rule {rule}", name=GROUP, rule="quiet")
NO_LIST = given("CX Contact has no suppression list {name}", name="bankrupt")
HAS_LIST = given("CX Contact has suppression list {name} with {device}", name="bankrupt", device=DEVICE)

GOOD_RULES: dict[str, dict[str, Any]] = {
    "attempts in so many seconds": {"type": "attempts", "limit": integer(3), "seconds": integer(86400)},
    "attempts today, by client and result": {
        "type": "attempts",
        "limit": integer(3),
        "by": one_of("client", "device"),
        "results": like([6, 7]),
        "priority": integer(1),
    },
    "where nobody is called": {"type": "location", "prefixes": like(["1305"])},
    "countries and states where nobody is called": {
        "type": "location",
        "countries": like(["US"]),
        "states": like(["FL"]),
        "required": like(False),
    },
    "days on which nobody is called": {"type": "dates", "dates": like(["2026-12-25"])},
    "contact times": {"type": "times", "prefixes": like(["49"]), "weekdays": like([["09:00", "18:00"]])},
    "a time zone of one's own": {
        "type": "timezone",
        "timeZone": like("America/Phoenix"),
        "prefixes": like(["1928"]),
    },
    "who else is to be asked": {"type": "external", "url": regex("https?://.+", "http://127.0.0.1:1/may-call")},
}
"""What each kind of rule may be given, by what it says."""
BAD_RULES: dict[str, tuple[dict[str, Any], int]] = {
    "of no kind": ({"limit": 3}, 651),
    "of an unknown kind": ({"type": "weather"}, 652),
    "without its limit": ({"type": "attempts"}, 651),
    "with a limit of none": ({"type": "attempts", "limit": 0}, 652),
    "with a limit that nobody could count to": ({"type": "attempts", "limit": 101}, 652),
    "that looks back further than histories go": ({"type": "attempts", "limit": 1, "seconds": 2592001}, 652),
    "with a priority above the highest": ({"type": "attempts", "limit": 1, "priority": 0}, 652),
    "that is required by no yes or no": ({"type": "attempts", "limit": 1, "required": "no"}, 652),
    "for nowhere": ({"type": "location"}, 651),
    "for a prefix that is none": ({"type": "location", "prefixes": ["+1305"]}, 652),
    "for a day that is none": ({"type": "dates", "dates": ["2026-02-30"]}, 652),
    "for a time that is none": ({"type": "times", "weekdays": [["08:00", "24:01"]]}, 652),
    "for a time zone that is none": ({"type": "timezone", "timeZone": "Lunar/Base", "prefixes": ["1"]}, 652),
    "that asks at no address": ({"type": "external", "url": "ftp://127.0.0.1/"}, 652),
    "that asks somebody on another machine": ({"type": "external", "url": "http://192.0.2.1/may-call"}, 652),
    "that waits for too long": ({"type": "external", "url": "http://127.0.0.1/", "milliseconds": 5001}, 652),
}
"""What no rule may be, and the code that says so."""


class Call(NamedTuple):
    """A promise, whoever is asked."""

    description: str
    ask: Ask
    answer: Answer
    states: tuple[Given, ...] = ()


def about_rules() -> Iterator[Call]:
    """Yield the promises about rules and what campaigns choose."""
    one = _named(RULES, "quiet")
    place = {"type": "location", "prefixes": ["1305"]}
    for what, rule in GOOD_RULES.items():
        said = done({"name": stated("quiet")})
        yield Call(f"a compliance rule is set: {what}", Ask("PUT", one, json=rule), said, (NO_RULE,))
    for what, (rule, code) in BAD_RULES.items():
        asked = Ask("PUT", one, json=rule)
        yield Call(f"a compliance rule {what} is not set", asked, refused(400, code), (NO_RULE,))
    told = done(stated({"name": "quiet", **place}, like({"name": "quiet", "type": "location"})))
    yield Call("a compliance rule is told", Ask("GET", one), told, (HAS_RULE,))
    listed = page(stated({"quiet": place}, like({})))
    yield Call("the compliance rules are listed", Ask("GET", RULES), listed, (HAS_RULE,))
    yield Call("a compliance rule is removed", Ask("DELETE", one), done(), (HAS_RULE,))
    for method, what in (("GET", "told"), ("DELETE", "removed")):
        said = refused(404, 604)
        yield Call(f"a compliance rule that nobody set is not {what}", Ask(method, one), said, (NO_RULE,))
    group = _named(CHOICES, GROUP)
    wanted = {"rules": like(["quiet"]), "suppressionLists": like([])}
    chosen = {"rules": stated(["quiet"], like([])), "suppressionLists": stated([], like([]))}
    yield Call("a campaign group chooses rules", Ask("PUT", group, json=wanted), done(chosen), (HAS_RULE,))
    yield Call("what a campaign group chose is told", Ask("GET", group), done(chosen), (HAS_RULE, CHOSE))
    yield Call("that a campaign group chose nothing is told", Ask("GET", group), done(), (CHOSE_NOTHING,))
    yield Call("a campaign group has everything again", Ask("DELETE", group), done(), (HAS_RULE, CHOSE))
    for what in ("rules", "suppressionLists"):
        asked = Ask("PUT", group, json={what: like(["nobody's"])})
        yield Call(f"a campaign group chooses no {what} that there are not", asked, refused(404, 604), (NO_RULE,))


def about_lists() -> Iterator[Call]:
    """Yield the promises about suppression lists apart from their files."""
    one, entries = _named(LISTS, "bankrupt"), _named(LISTS, "bankrupt", "/entries")
    entry = _named(LISTS, "bankrupt", "/entries/[^/]+", f"/entries/{DEVICE}")
    shown = {
        "name": stated("bankrupt"),
        "type": one_of("Device", "ClientID"),
        "channel": stated(""),
        "required": stated(True),
        "expires": null_or(integer(LAST_MOMENT)),
        "entries": stated(1),
        "created": integer(1767225600),
    }
    yield Call("a suppression list is told", Ask("GET", one), done(shown), (HAS_LIST,))
    default = Ask("GET", f"{LISTS}/{OPT_OUTS}")
    always = {**shown, "name": OPT_OUTS, "type": "Device", "channel": "sms", "required": True, "expires": None}
    yield Call("the list of opt-outs is always there", default, done({**always, "entries": integer(0)}))
    for what, change in (
        ("until when it holds", {"expires": null_or(integer(LAST_MOMENT))}),
        ("whether it is required", {"required": like(True)}),
        ("for which channel it is", {"channel": one_of("voice", "sms", "email")}),
    ):
        changed = {**shown, "channel": like("voice"), "required": like(True)}
        yield Call(f"of a suppression list is changed {what}", Ask("PUT", one, json=change), done(changed), (HAS_LIST,))
    for what, wrong in {
        "end in the past": {"expires": 1},
        "end beyond time": {"expires": LAST_MOMENT + 1},
        "end some day": {"expires": "tomorrow"},
        "be for an unknown channel": {"channel": "fax"},
    }.items():
        asked = Ask("PUT", one, json=wrong)
        yield Call(f"a suppression list cannot {what}", asked, refused(400, 652), (HAS_LIST,))
    yield Call("a suppression list is removed", Ask("DELETE", one), done(), (HAS_LIST,))
    for method, body in (("GET", None), ("PUT", {"required": like(True)}), ("DELETE", None)):
        asked = Ask(method, one) if body is None else Ask(method, one, json=body)
        yield Call(f"{method} of a suppression list that nobody made", asked, refused(404, 604), (NO_LIST,))
    gone = Ask("DELETE", f"{LISTS}/{OPT_OUTS}")
    yield Call("the list of opt-outs is not removed", gone, refused(409, 409))
    asked = Ask("PUT", f"{LISTS}/{OPT_OUTS}", json={"required": like(False)})
    yield Call("the list of opt-outs is not changed", asked, refused(409, 409))
    added = done({"name": stated("bankrupt"), "added": stated(1), "entries": stated(2)})
    put_on = {"entries": like(["+442079460018"])}
    yield Call("a device is put on a suppression list", Ask("POST", entries, json=put_on), added, (HAS_LIST,))
    until = Ask("POST", entries, json={**put_on, "expires": integer(LAST_MOMENT)})
    yield Call("a device is put on a suppression list for a while", until, added, (HAS_LIST,))
    none = Ask("POST", entries, json={"entries": []})
    yield Call("nothing is not put on a suppression list", none, refused(400, 651), (HAS_LIST,))
    bad = Ask("POST", entries, json={"entries": ["+442079460018", "12"]})
    yield Call("what is no number is not put on a suppression list", bad, refused(400, 652), (HAS_LIST,))
    nobodys = Ask("POST", entries, json=put_on)
    yield Call("nothing is put on a suppression list that nobody made", nobodys, refused(404, 604), (NO_LIST,))
    is_on = done({"entry": stated("12025550143"), "expires": null_or(integer(LAST_MOMENT))})
    yield Call("that a device is on a suppression list is told", Ask("GET", entry), is_on, (HAS_LIST,))
    yield Call("a device is taken off a suppression list", Ask("DELETE", entry), done(), (HAS_LIST,))
    other = _named(LISTS, "bankrupt", "/entries/[^/]+", "/entries/+442079460018")
    for method, what in (("GET", "found"), ("DELETE", "taken off")):
        said = refused(404, 604)
        yield Call(f"a device that is on no suppression list is not {what}", Ask(method, other), said, (HAS_LIST,))


def _named(path: str, name: str, after: str = "", example: str = "") -> Any:
    """Return the path of something that has a name: this one, or any other."""
    return regex(f"{path}/[^/]+{after}", f"{path}/{name}{example or after}")
