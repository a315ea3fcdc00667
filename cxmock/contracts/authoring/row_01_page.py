"""Row 1, the page: its files and their headers, signing in on it, what it asks its own origin, and who else may not.

Where the page is is observed; what it is like, and what it asks, is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    all_of,
    assumed,
    given,
    includes,
    integer,
    keyed,
    like,
    not_empty,
    regex,
    stated,
)
from cxmock.contracts.authoring.contact import (
    ENDED_COOKIE,
    IMPORTED,
    LOGGED_IN,
    MAY_LOG_IN,
    NEW_COOKIE,
    PASSWORD,
    SESSION,
    WITH_SESSION,
    done,
    each_of,
    page,
    refused,
)

OURS = assumed("that there is such a page is observed; its files, its calls and how it is guarded are ours")
PAGE = "/ui/cxcontact"
CALLS = f"{PAGE}/api"
POLICY = all_of(
    includes("default-src 'none'", "default-src 'none'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    includes("script-src 'self'", ""),
    includes("frame-ancestors 'none'", ""),
    includes("base-uri 'none'", ""),
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
}
TAG = regex('"[^"]+"', '"4711"')
LEADS = "FirstName,Device1\nAda,+12025550143\n"
SUMMER = "Summer@Outbound agents"


def add_to(row: Row) -> None:
    """Add the promises."""
    _files(row)
    _signing_in(row)
    _calls(row)
    _strangers(row)


def _say(row: Row, description: str, ask: Ask, answer: Answer, states: Sequence[Given] = ()) -> None:
    """Add a promise; every answer tells the browser what to let be."""
    guarded = replace(answer, headers={**GUARDS, **answer.headers})
    row.http(description, OURS, ask, guarded, states=states)


def _files(row: Row) -> None:
    slash = Answer(302, headers={"Location": f"{PAGE}/"})
    _say(row, "the page's address is put right", Ask("GET", PAGE), slash)
    page = Answer(200, headers={"ETag": TAG, "Cache-Control": "no-cache"})
    _say(row, "the page lets nothing in from elsewhere", Ask("GET", f"{PAGE}/"), page)
    for what, path, kind in (
        ("style", regex(f"{PAGE}/[a-z-]+[.]css", f"{PAGE}/page.css"), "text/css"),
        ("icon", regex(f"{PAGE}/[a-z-]+[.]svg", f"{PAGE}/icon.svg"), "image/svg[+]xml"),
        ("script", regex(f"{PAGE}/[a-z-]+[.]js", f"{PAGE}/app.js"), "text/javascript"),
        ("scripts of screens", regex(f"{PAGE}/screens/[a-z-]+[.]js", f"{PAGE}/screens/overview.js"), "text/javascript"),
    ):
        typed = {"Content-Type": regex(f"{kind}(;.*)?", f"{kind.replace('[+]', '+')}; charset=utf-8")}
        there = Answer(200, headers={**typed, "ETag": TAG})
        _say(row, f"the page has its {what}", Ask("GET", path), there)
    known = Ask("GET", f"{PAGE}/page.css", headers={"If-None-Match": "*"})
    _say(row, "a file of the page that a browser has is not sent again", known, Answer(304, headers={"ETag": TAG}))
    nothing = stated(f"{PAGE}/ui.py", regex(f"{PAGE}/(?!api)[^/]+", f"{PAGE}/ui.py"))
    _say(row, "nothing but the page's files is there", Ask("GET", nothing), refused(404, 604))


def _signing_in(row: Row) -> None:
    wrong = Ask("POST", f"{CALLS}/login", json={**PASSWORD, "password": like("not the password")})
    _say(row, "a wrong password does not open the page", wrong, refused(401, 601), states=[MAY_LOG_IN])
    own = Ask("POST", f"{CALLS}/login", headers={"Sec-Fetch-Site": "same-origin"}, json=PASSWORD)
    opened = replace(done(SESSION), headers={"Set-Cookie": NEW_COOKIE, "Cache-Control": "no-store"})
    _say(row, "a browser logs in from the page itself", own, opened, states=[MAY_LOG_IN])
    out = Ask("POST", f"{CALLS}/logout", headers=WITH_SESSION, json={})
    ended = replace(done(), headers={"Set-Cookie": ENDED_COOKIE})
    _say(row, "the page logs people out", out, ended, states=[LOGGED_IN])
    who = Ask("GET", f"{CALLS}/session", headers=WITH_SESSION)
    _say(row, "the page knows who is logged in", who, done(SESSION), states=[LOGGED_IN])
    path = stated(f"{CALLS}/campaign-groups", regex(f"{CALLS}/.+", f"{CALLS}/campaign-groups"))
    _say(row, "the page asks in vain for who is not logged in", Ask("GET", path), refused(401, 601))


def _calls(row: Row) -> None:
    words = {"callResults": keyed({"7": like("No Answer")}), "dialModes": keyed({"1": like("Predict")})}
    words |= {"aims": keyed({"1": {"name": like("Busy factor"), "most": integer(100)}})}
    _say(row, "the page knows what OCS's numbers mean", Ask("GET", f"{CALLS}/vocabulary"), done(words))
    for what in ("campaign-groups", "jobs", "contact-lists", "suppression-lists"):
        ask = Ask("GET", f"{CALLS}/{what}", headers=WITH_SESSION)
        _say(row, f"the page lists the {what.replace('-', ' ')}", ask, page(each_of(what)), states=[LOGGED_IN])
    number, sort = regex(r"\d{1,9}", "20"), regex("-?[a-zA-Z]+", "-name")
    for what in ("campaign-groups", "jobs", "contact-lists", "suppression-lists"):
        for how, named in (("", {}), (" by part of their names", {"name": like("pri")})):
            query = {"offset": number, "limit": number, "sort": sort, **named}
            ask = Ask("GET", f"{CALLS}/{what}", query=query, headers=WITH_SESSION)
            turned = f"the page turns the pages of the {what.replace('-', ' ')}{how}"
            _say(row, turned, ask, page(each_of(what)), states=[LOGGED_IN])
    rules = Ask("GET", f"{CALLS}/compliance-rules", query={"limit": "1000"}, headers=WITH_SESSION)
    _say(row, "the page lists the compliance rules", rules, page(like({})), states=[LOGGED_IN])
    upload = Ask(
        "PUT",
        regex(f"{CALLS}/files/import/[^/]+", f"{CALLS}/files/import/leads.csv"),
        query={"offset": regex(r"\d+", "0"), "last": regex("true|false", "true")},
        headers=WITH_SESSION,
        text=like(LEADS),
        content_type="application/octet-stream",
    )
    taken = {"file": regex("import/.+", "import/leads.csv"), "size": integer(len(LEADS)), "whole": True}
    _say(row, "the page brings a file", upload, done(taken), states=[LOGGED_IN])
    order = {"name": like("Autumn"), "file": regex("import/.+", "import/leads.csv")}
    there = given("CX Contact has file {file} with {text}", file="import/leads.csv", text=LEADS)
    imported = {**IMPORTED, "name": stated("Autumn")}
    ask = Ask("POST", f"{CALLS}/contact-lists", headers=WITH_SESSION, json=order)
    _say(row, "the page has a file imported", ask, done(imported), states=[LOGGED_IN, there])
    gone = given("CX Contact has no file {file}", file="import/gone.csv")
    nothing = replace(ask, json={**order, "name": like("Gone"), "file": "import/gone.csv"})
    _say(row, "the page tells which file is not there", nothing, refused(404, 604), states=[LOGGED_IN, gone])
    load = regex(f"{CALLS}/campaign-groups/[^/]+/load", f"{CALLS}/campaign-groups/{SUMMER}/load")
    loaded = {"name": stated(SUMMER, like(SUMMER)), "status": "Active", "statistics": like({"dialed": 0})}
    command = Ask("POST", load, headers=WITH_SESSION, json={})
    summer = given("campaign {name} is not loaded", name="Summer")
    _say(row, "the page has a campaign loaded", command, done(loaded), states=[LOGGED_IN, summer])
    unknown = stated(f"{CALLS}/wishes", regex(f"{CALLS}/[a-z]+", f"{CALLS}/wishes"))
    ask = Ask("GET", unknown, headers=WITH_SESSION)
    _say(row, "the page cannot ask for what it does not know", ask, refused(404, 604), states=[LOGGED_IN])


def _strangers(row: Row) -> None:
    job = {"name": not_empty("nightly")}
    for what, header, value in (
        ("another site", "Sec-Fetch-Site", "cross-site"),
        ("another host of the same site", "Sec-Fetch-Site", "same-site"),
        ("another origin", "Origin", regex("https?://.+", "https://elsewhere.example")),
        ("no origin at all", "Origin", "null"),
    ):
        ask = Ask("POST", f"{CALLS}/jobs", headers={**WITH_SESSION, header: value}, json=job)
        _say(row, f"what {what} has a browser send changes nothing", ask, refused(403, 603), states=[LOGGED_IN])
    login = Ask("POST", f"{CALLS}/login", headers={"Sec-Fetch-Site": "cross-site"}, json=PASSWORD)
    _say(row, "nobody is logged in from another site", login, refused(403, 603), states=[MAY_LOG_IN])
