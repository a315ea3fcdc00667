"""Row 1, queries: each list with all that it may be asked for at once, of which a caller takes any; parts of files.

That lists are paged, sorted and filtered, and the parameters' names, are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxmock.contracts.authoring import Ask, Term, given, integer, like, not_empty, regex
from cxmock.contracts.authoring.compliance import Call
from cxmock.contracts.authoring.contact import API, done, each_of, page
from cxmock.contracts.authoring.row import Answer
from cxmock.contracts.authoring.row_01_fields import GOAL_WORDS, MODE_WORDS

WORD, NUMBER, FLAG = regex(r"[\s\S]*", "Spring"), regex(r"\d{1,15}", "1"), regex("true|false", "true")
KEPT = {"version": NUMBER, "created": NUMBER, "changed": NUMBER}
DESCRIBED = {"description": WORD, **KEPT}


def _one_of(*words: str) -> Term:
    return regex("|".join(words), words[0])


MODES, GOALS = _one_of(*MODE_WORDS), _one_of(*GOAL_WORDS)
CHANNELS, DELIMITERS = _one_of("voice", "sms", "email", ""), _one_of("pipe", "comma", "colon", "tab", "semicolon", "")
ACTIONS = _one_of("import-contacts", "append-contacts", "import-suppression", "append-suppression", "export-results")
STATES = _one_of("done", "failed", "running", "retrying", "skipped", "")
FILTERS: dict[str, dict[str, Term]] = {
    "api-keys": {"readOnly": FLAG, "expires": NUMBER, **KEPT},
    "campaign-groups": {
        "dbid": NUMBER,
        "media": _one_of("voice", "sms", "email"),
        "status": WORD,
        "contactList": WORD,
        "template": WORD,
        "dialMode": NUMBER,
    },
    "campaign-templates": {"dialingProfile": WORD, **DESCRIBED},
    "campaigns": {"dbid": NUMBER, "media": _one_of("voice", "sms", "email")},
    "compliance-rules": {
        "type": _one_of("attempts", "dates", "external", "location", "times", "timezone"),
        "required": FLAG,
        "priority": NUMBER,
    },
    "contact-lists": {"contacts": NUMBER, "devices": NUMBER, "rejected": NUMBER, "status": WORD, "created": NUMBER},
    "data-mapping-schemas": {"header": FLAG, "delimiter": DELIMITERS, **DESCRIBED},
    "dialing-profiles": {
        "type": _one_of("agent", "ivr", "alert", "general"),
        "sessionProfile": WORD,
        "dialMode": MODES,
        "optimizeBy": GOALS,
        "optimizeGoal": NUMBER,
        "message": WORD,
        "subject": WORD,
        "sender": WORD,
        **DESCRIBED,
    },
    "filtering-rules": DESCRIBED,
    "jobs": {"action": ACTIONS, "protocol": _one_of("sftp", "ftp"), "list": WORD, "enabled": FLAG, "state": STATES},
    "labels": {"color": regex("(#[0-9a-f]{6})?", "#ff0000"), **DESCRIBED},
    "message-templates": {
        "media": _one_of("sms", "email"),
        "text": WORD,
        "subject": WORD,
        "sender": WORD,
        **KEPT,
    },
    "pgp-keys": {},
    "selection-rules": DESCRIBED,
    "session-profiles": {"channels": NUMBER, "callerId": regex(r"(\+[1-9][0-9]{6,14})?", "+442079460000"), **DESCRIBED},
    "suppression-lists": {
        "type": _one_of("Device", "ClientID"),
        "channel": CHANNELS,
        "required": FLAG,
        "entries": NUMBER,
        "created": NUMBER,
    },
    "upload-rules": {
        "by": _one_of("quantity", "percent", "field", "custom"),
        "quantity": NUMBER,
        "field": regex("[A-Za-z0-9]*", "Country"),
        "otherwise": WORD,
        **DESCRIBED,
    },
}
"""Every list, and the fields by which it is filtered."""


def about_queries() -> Iterator[Call]:
    """Yield the promises."""
    for what, filters in FILTERS.items():
        asked = Ask("GET", f"{API}/{what}", query={**_paged(filters), **filters})
        found = like({}) if what == "compliance-rules" else each_of(what)
        asked_for = f"the {what.replace('-', ' ')} are asked for in every way"
        yield Call(asked_for, asked, page(found))
    templates = Ask("GET", f"{API}/message-templates")
    yield Call("the message templates are listed", templates, page(like([])))
    there = given("CX Contact has job {name}", name="nightly")
    runs = {"number": NUMBER, "state": STATES, "trigger": _one_of("schedule", "request")}
    history = regex(f"{API}/jobs/[^/]+/history", f"{API}/jobs/nightly/history")
    asked = Ask("GET", history, query={**_paged(runs), **runs})
    yield Call("the runs of a job are asked for in every way", asked, page(like([])), (there,))
    counts = {"waiting": integer(0), "sent": integer(0)}
    of_group = Ask("GET", f"{API}/message-statistics", query={"campaignGroup": regex(".+", "Autumn@Outbound agents")})
    yield Call("messages of any campaign group are counted", of_group, done({"sms": counts, "email": counts}))
    yield from _files()


def _paged(filters: dict[str, Term]) -> dict[str, Term]:
    some = f"-?(?:{'|'.join(('name', 'created', 'changed', *filters))})"
    return {
        "offset": regex(r"\d{1,10}", "0"),
        "limit": regex(r"[1-9]\d{0,3}", "100"),
        "sort": regex(f"(?:{some}(?:,{some}){{0,7}})?", "-name"),
        "name": WORD,
    }


def _files() -> Iterator[Call]:
    leads = "FirstName,Device1\nAda,+12025550143\n"
    there = given("CX Contact has file {file} with {text}", file="import/leads.csv", text=leads)
    file = regex(f"{API}/files/[^/]+/[^/]+", f"{API}/files/import/leads.csv")
    octets = "application/octet-stream"
    put = Ask("PUT", file, text=like(leads), content_type=octets)
    taken = done({"file": regex("[^/]+/.+", "import/leads.csv"), "size": integer(1), "whole": True})
    yield Call("a file is uploaded", put, taken)
    part = Ask("PUT", file, query={"offset": regex(r"\d+", "0"), "last": FLAG}, text=like(leads), content_type=octets)
    yield Call("a part of a file is uploaded", part, taken)
    given_back = Answer(200, text=not_empty(leads), content_type=octets)
    yield Call("a file is downloaded", Ask("GET", file), given_back, (there,))
    some = Ask("GET", file, query={"offset": regex(r"\d+", "0"), "count": regex(r"\d+", "20")})
    yield Call("a part of a file is downloaded", some, given_back, (there,))
    yield Call("a file is removed", Ask("DELETE", file), done(), (there,))
    listed = regex(f"{API}/files/[^/]+", f"{API}/files/import")
    yield Call("the files of a folder are listed", Ask("GET", listed), done(like([])), (there,))
