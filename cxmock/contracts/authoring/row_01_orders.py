"""Row 1, whole requests for what is no named object: lists, campaign groups, jobs, messages, rules; and bare commands.

As with :mod:`~cxmock.contracts.authoring.row_01_objects`: a request with all of its fields, one with what it needs, and
whatever is between the two follows. Paths and fields are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxmock.contracts.authoring import (
    Ask,
    boolean,
    each_like,
    given,
    integer,
    like,
    not_empty,
    null_or,
    number,
    one_of,
    regex,
    stated,
    timestamp,
    uuid,
)
from cxmock.contracts.authoring.campaign import MODE
from cxmock.contracts.authoring.compliance import HAS_LIST as HAS_SUPPRESSION
from cxmock.contracts.authoring.compliance import HAS_RULE, NO_RULE, Call
from cxmock.contracts.authoring.compliance import NO_LIST as NO_SUPPRESSION
from cxmock.contracts.authoring.contact import API, IMPORTED, done
from cxmock.contracts.authoring.row_01_campaigns import ASSIGNED, DIALING, LOADED, NO_GROUP, SPRING_LIST, stands
from cxmock.contracts.authoring.row_01_fields import (
    ADA,
    CHANNEL,
    CONTACT,
    COUNTRY,
    DELIMITER,
    DIAL_MODE,
    EXPIRES,
    NAME,
    OPTIMIZE_BY,
    TEXT,
    YES_NO,
)
from cxmock.contracts.authoring.row_01_jobs import ENDED_RUN
from cxmock.contracts.authoring.row_01_jobs import TOLD as JOB
from cxmock.contracts.authoring.row_01_messages import preview_of

FILE = regex("import/.+", "import/leads.csv")
HAS_FILE = given("CX Contact has file {file} with {text}", file="import/leads.csv", text=ADA)
HOW: Mapping[str, Any] = {
    "encoding": null_or(regex("|UTF-8|ISO-8859-1|Windows-1252", "UTF-8")),
    "country": COUNTRY,
    "timeZone": null_or(regex("([A-Z].+)?", "Europe/Paris")),
    "delimiter": DELIMITER,
    "pgpKey": null_or(TEXT),
}
"""What imports of contacts and of suppression entries have in common."""
IMPORT: Mapping[str, Any] = {
    **HOW,
    "mode": null_or(one_of("", "create", "append", "update", "replace")),
    "append": boolean(False),
    **{rule: null_or(TEXT) for rule in ("specification", "mapping", "selectionRule", "filteringRule", "uploadRule")},
    "duplicatesBy": each_like(one_of("ClientID", "Device"), min=0),
    "maxRejects": null_or(integer(0)),
    "maxRejectPercent": null_or(number(50)),
    "wait": YES_NO,
}


def about_whole_orders() -> Iterator[Call]:
    """Yield the promises."""
    yield from _lists()
    yield from _groups()
    yield from _jobs()
    yield from _messages()
    yield from _compliance()
    yield from _bare()


def _lists() -> Iterator[Call]:
    none = given("CX Contact has no contact list {name}", name="Summer")
    whole = {"name": like("Summer"), "file": FILE, **IMPORT}
    told = done({**IMPORTED, "name": stated("Summer"), "file": FILE})
    asked = Ask("POST", f"{API}/contact-lists", json=whole)
    yield Call("a contact file is imported as is said in full", asked, told, (HAS_FILE, none))
    path = regex(f"{API}/contact-lists/[^/]+/export", f"{API}/contact-lists/Summer/export")
    export = {
        "file": regex("export/.+", "export/leads.csv"),
        "what": one_of("results", "contacts"),
        "format": one_of("csv", "txt"),
        "delimiter": one_of("pipe", "comma", "colon", "tab", "semicolon"),
        "header": YES_NO,
        "columns": each_like(like("ClientID"), min=0),
        "callResults": each_like(integer(28), min=0),
    }
    there = given("CX Contact has contact list {name} of {text}", name="Summer", text=ADA)
    written = done(
        {
            "name": stated("Summer"),
            "file": regex("export/.+", "export/leads.csv"),
            "records": integer(0),
            "size": integer(13),
        }
    )
    yield Call("results are exported as is said in full", Ask("POST", path, json=export), written, (there,))
    holds = {"channel": CHANNEL, "required": YES_NO, "expires": EXPIRES}
    lists = f"{API}/suppression-lists"
    suppressed = given("CX Contact has file {file} with {text}", file="import/never.csv", text="Device\n+12025550143\n")
    least = {"name": like("bankrupt"), "file": regex("import/.+", "import/never.csv")}
    made = done(
        {
            "name": stated("bankrupt"),
            "file": regex("import/.+", "import/never.csv"),
            "type": one_of("Device", "ClientID"),
            "entries": stated(1),
            "size": stated(1),
            "rejected": integer(0),
            "rejects": like([]),
            "rejectsFile": like(""),
        }
    )
    for what, more in (
        ("", {}),
        (" as is said in full", {**HOW, "type": null_or(one_of("Device", "ClientID")), **holds}),
    ):
        asked = Ask("POST", lists, json={**least, **more})
        yield Call(f"a suppression list is imported{what}", asked, made, (suppressed, NO_SUPPRESSION))
    one = regex(f"{lists}/[^/]+", f"{lists}/bankrupt")
    changed = done(
        {
            "name": stated("bankrupt"),
            "type": one_of("Device", "ClientID"),
            **holds,
            "channel": one_of("voice", "sms", "email", ""),
            "entries": stated(1),
            "created": integer(1767225600),
        }
    )
    yield Call("all of a suppression list is changed", Ask("PUT", one, json=holds), changed, (HAS_SUPPRESSION,))
    yield Call("nothing of a suppression list is changed", Ask("PUT", one, json={}), changed, (HAS_SUPPRESSION,))
    entries = {
        "entries": each_like(like("02079460018")),
        "country": null_or(regex("[A-Z]{2}", "GB")),
        "expires": EXPIRES,
    }
    asked = Ask("POST", regex(f"{lists}/[^/]+/entries", f"{lists}/bankrupt/entries"), json=entries)
    added = done({"name": stated("bankrupt"), "added": stated(1), "entries": stated(2)})
    yield Call("a device of a country is put on a suppression list", asked, added, (HAS_SUPPRESSION,))


def _groups() -> Iterator[Call]:
    groups = f"{API}/campaign-groups"
    named = {"name": like("Autumn"), "contactList": like("Spring"), "group": like("Outbound agents")}
    goals = {"dialMode": DIAL_MODE, "optimizeBy": OPTIMIZE_BY, "optimizeGoal": null_or(integer(80))}
    texts = {"message": null_or(like("Hello {FirstName}")), "subject": null_or(like("News")), "sender": null_or(TEXT)}
    whole = {
        **named,
        "template": None,
        "media": null_or(one_of("voice", "sms", "email")),
        "channels": null_or(integer(3)),
        **goals,
        **texts,
    }
    name = stated("Autumn@Outbound agents", regex(".+@.+", "Autumn@Outbound agents"))
    made = done({"name": name, **{dbid: integer(101) for dbid in ("dbid", "campaignDBID", "groupDBID")}}, status=201)
    there = (SPRING_LIST, NO_GROUP)
    yield Call("a campaign group is defined with all its fields", Ask("POST", groups, json=whole), made, there)
    spring = regex(f"{groups}/[^/]+", f"{groups}/Spring@Outbound agents")
    same = done({"name": stated("Spring@Outbound agents"), "dbid": integer(101), **MODE, "channels": integer(10)})
    asked = Ask("PUT", spring, json={**goals, **texts})
    yield Call("all of a campaign group is changed", asked, same, (ASSIGNED,))
    yield Call("nothing of a campaign group is changed", Ask("PUT", spring, json={}), same, (ASSIGNED,))
    mode = regex(f"{groups}/[^/]+/dial-mode", f"{groups}/Summer@Outbound agents/dial-mode")
    dialing = stands("Running")
    yield Call("a campaign that dials is told all of how to dial", Ask("POST", mode, json=goals), dialing, (DIALING,))
    asked = Ask("POST", mode, json={"dialMode": DIAL_MODE})
    yield Call("a campaign that dials is told in which mode to dial", asked, dialing, (DIALING,))


def _jobs() -> Iterator[Call]:
    jobs = f"{API}/jobs"
    none, there = (
        given("CX Contact has no job {name}", name="nightly"),
        given("CX Contact has job {name}", name="nightly"),
    )
    word = one_of("import-contacts", "append-contacts", "import-suppression", "append-suppression", "export-results")
    least = {"action": word, "list": NAME, "path": like("/in/leads.csv")}
    moments = {name: null_or(timestamp(f"20{year}-01-01T08:00:00Z")) for name, year in (("start", 26), ("end", 99))}
    by_cron = {"cron": like("0 8 * * mon-fri"), "timeZone": null_or(like("Europe/Paris")), **moments}
    whole = {
        **least,
        "protocol": null_or(one_of("sftp", "ftp")),
        "schedule": by_cron,
        "files": null_or(one_of("all", "newest", "new")),
        "campaignGroup": null_or(like("Spring@Outbound agents")),
        **{name: HOW[name] for name in ("encoding", "country")},
        "options": {name: how for name, how in IMPORT.items() if name not in ("encoding", "country", "append", "wait")},
        "type": null_or(one_of("Device", "ClientID")),
        "channel": CHANNEL,
        "required": boolean(False),
        "retries": null_or(integer(3)),
        "retryAfter": null_or(integer(60)),
        "overlap": null_or(one_of("skip", "wait")),
        "enabled": YES_NO,
    }
    ways: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (" with all its fields", whole),
        (" on demand", {**least, "schedule": None, "options": {}}),
    )
    for what, fields in ways:
        asked = Ask("POST", jobs, json={"name": like("nightly"), **fields})
        yield Call(f"a job{what} is defined", asked, done(JOB, status=201), (ASSIGNED, none))
    one = regex(f"{jobs}/[^/]+", f"{jobs}/nightly")
    ways += (
        (" by cron", {**least, "schedule": {"cron": like("0 8 * * mon-fri")}}),
        (" once", {**least, "schedule": {"at": timestamp("2099-01-01T08:00:00Z")}}),
    )
    for what, fields in ways:
        named = {"name": like("nightly")} if fields is whole else {}
        asked = Ask("PUT", one, json={**named, **fields})
        yield Call(f"a job is set anew{what}", asked, done(JOB), (ASSIGNED, there))
    run = Ask("POST", regex(f"{jobs}/[^/]+/run", f"{jobs}/nightly/run"), json={"wait": True})
    yield Call("a job is run, and it is waited for", run, done(ENDED_RUN), (there,))


def _messages() -> Iterator[Call]:
    has = given("CX Contact has message template {name} of {text}", name="Welcome", text="Hello {FirstName|you}")
    preview = regex(f"{API}/message-templates/[^/]+/preview", f"{API}/message-templates/Welcome/preview")
    shown = preview_of("Hello Ada", ["FirstName"])
    asked = Ask("POST", preview, json={"fields": CONTACT})
    yield Call("how a message looks to a contact is told", asked, shown, (has,))
    told = {"id": not_empty("t1"), "messageId": uuid(), "to": like("+447700900018"), "text": not_empty("Hello you")}
    sent = done({**told, "subject": like("")}, status=201)
    least = {"media": one_of("sms", "email"), "to": like("+447700900018")}
    others = {"subject": null_or(TEXT), "fields": CONTACT, "id": null_or(regex("[A-Za-z0-9._-]+", "all"))}
    template, text = {"template": like("Welcome")}, {"text": like("Hello {FirstName|you}")}
    ways: dict[str, dict[str, Any]] = {
        "by a template": template,
        "by a template, with all its fields": {**template, "text": None, **others},
        "to a contact": text,
        "to a contact, with all its fields": {**text, "template": None, **others},
    }
    for what, fields in ways.items():
        asked = Ask("POST", f"{API}/test-messages", json={**least, **fields})
        yield Call(f"a test message of either kind is sent {what}", asked, sent, (has,))


def _compliance() -> Iterator[Call]:
    choices = f"{API}/compliance-choices"
    path = regex(f"{choices}/[^/]+", f"{choices}/Spring@Outbound agents")
    chosen = done({"rules": like([]), "suppressionLists": like([])})
    for what in ("rules", "suppressionLists"):
        asked = Ask("PUT", path, json={what: each_like(like("quiet" if what == "rules" else "bankrupt"), min=0)})
        yield Call(f"a campaign group chooses {what} alone", asked, chosen, (HAS_RULE, HAS_SUPPRESSION))
    yield Call("a campaign group chooses neither", Ask("PUT", path, json={}), chosen, (HAS_RULE,))
    rule = regex(f"{API}/compliance-rules/[^/]+", f"{API}/compliance-rules/quiet")
    weight = {"priority": integer(1), "required": YES_NO}
    where = {
        "prefixes": each_like(like("1305"), min=0),
        "countries": each_like(like("US"), min=0),
        "states": each_like(like("FL"), min=0),
        "postalCodes": each_like(like("331"), min=0),
    }
    span = each_like(like(["09:00", "18:00"]), min=0)
    rules: dict[str, dict[str, Any]] = {
        "attempts": {
            "limit": integer(3),
            "seconds": integer(86400),
            "by": one_of("client", "device"),
            "results": each_like(integer(6), min=0),
        },
        "location": where,
        "dates": {"dates": each_like(like("2026-12-25")), **where},
        "times": {"prefixes": each_like(like("49")), "weekdays": span, "saturday": span, "sunday": span},
        "timezone": {"timeZone": like("America/Phoenix"), **where},
        "external": {
            "url": regex("https?://.+", "http://127.0.0.1:1/may-call"),
            "milliseconds": integer(1000),
            "otherwise": one_of("block", "dial"),
        },
    }
    for kind, fields in rules.items():
        asked = Ask("PUT", rule, json={"type": kind, **fields, **weight})
        yield Call(
            f"a compliance rule of type {kind} is set with all its fields",
            asked,
            done({"name": stated("quiet")}),
            (NO_RULE,),
        )
    least = {"attempts": ("limit",), "timezone": ("timeZone", "countries"), "location": ("countries",)}
    for kind, names in least.items():
        asked = Ask("PUT", rule, json={"type": kind, **{name: rules[kind][name] for name in names}})
        yield Call(
            f"a compliance rule of type {kind} is set with what it needs",
            asked,
            done({"name": stated("quiet")}),
            (NO_RULE,),
        )


def _bare() -> Iterator[Call]:
    """Yield what is asked without a body, where none is needed."""
    summer = "Summer@Outbound agents"
    for command, status, state in (
        ("load", "Active", given("campaign {name} is not loaded", name="Summer")),
        ("start", "Running", LOADED),
        ("pause", "Paused", DIALING),
        ("resume", "Running", given("campaign {name} is paused", name="Summer")),
        ("stop", "Active", DIALING),
        ("unload", "NotLoaded", LOADED),
        ("force-unload", "NotLoaded", DIALING),
    ):
        path = regex(f"{API}/campaign-groups/[^/]+/{command}", f"{API}/campaign-groups/{summer}/{command}")
        asked = Ask("POST", path, text="")
        yield Call(f"a campaign group is told to {command}, and no more", asked, stands(status), (state,))
    there = given("CX Contact has job {name}", name="nightly")
    for command, told in (
        ("enable", {**JOB, "enabled": True}),
        ("disable", {**JOB, "enabled": False}),
        ("run", ENDED_RUN),
    ):
        path = regex(f"{API}/jobs/[^/]+/{command}", f"{API}/jobs/nightly/{command}")
        yield Call(f"a job is told to {command}, and no more", Ask("POST", path, text=""), done(told), (there,))
    counts = {name: integer(245) for name in ("fetched", "areaCodes", "countries")}
    fetched = done({"version": like("9.0.43"), **counts, "problem": like(""), "changed": like(True)})
    yield Call(
        "compliance data are fetched, and no more is said", Ask("POST", f"{API}/compliance-data", text=""), fetched
    )
    has = given("CX Contact has message template {name} of {text}", name="Welcome", text="Hello")
    preview = regex(f"{API}/message-templates/[^/]+/preview", f"{API}/message-templates/Welcome/preview")
    yield Call("how a message looks to nobody is told", Ask("POST", preview, text=""), preview_of("Hello", []), (has,))
