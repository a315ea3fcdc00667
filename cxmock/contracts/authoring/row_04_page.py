"""Row 4, what the page has the UI's server side ask beyond looking: files, imports, campaigns, jobs, rules.

All of it is assumed, as everything that is said at these ports.
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
    boolean,
    given,
    integer,
    like,
    not_empty,
    regex,
    stated,
    timestamp,
)
from cxmock.contracts.authoring.campaign import LOADS, STARTS, told_of_loaded
from cxmock.contracts.authoring.compliance import HAS_RULE
from cxmock.contracts.authoring.contact import (
    API,
    ENDED_COOKIE,
    LOGGED_IN,
    MAY_LOG_IN,
    PASSWORD,
    WITH_SESSION,
    done,
    refused,
)
from cxmock.topology import Component

ASKED = assumed("how the page brings files, imports, runs campaigns and jobs and sets rules is ours")
LEADS = "FirstName,Device1\nAda,+12025550143\n"
HALF = LEADS[:20]
FILE = regex(f"{API}/files/(import|export|rejects)/[^/]+", f"{API}/files/import/leads.csv")
HAS_FILE = given("CX Contact has file {file} with {text}", file="import/leads.csv", text=LEADS)
SUMMER = "Summer@Outbound agents"
SUMMERS_LIST = given("CX Contact has contact list {name} of {text}", name="Summer", text=f"{LEADS}Eve,nobody\n")
SPRING_LIST = given("calling list {name} exists", name="Spring")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
HAS_JOB = given("CX Contact has job {name}", name="nightly")
NO_JOB = given("CX Contact has no job {name}", name="nightly")
MOMENT = timestamp("2026-01-01T00:00:00Z")
IMPORTED = ("contacts", "devices", "rejected", "duplicates", "leftOutDevices", "lines")


def add_to(row: Row) -> None:
    """Add the promises."""
    _lists(row)
    _api_aggregator(row)
    _campaign_manager(row)
    _job_scheduler(row)
    _list_manager(row)
    _list_builder(row)


def _call(
    row: Row, who: Component, what: str, ask: Ask, answer: Answer, *states: Given, after: tuple[str, ...] = ()
) -> None:
    """Add a promise that a back end keeps to who is logged in."""
    asked = replace(ask, headers=WITH_SESSION | dict(ask.headers))
    before = tuple(f"{who.label}: {one}" for one in after)
    row.http(f"{who.label}: {what}", ASKED, asked, answer, states=[LOGGED_IN, *states], provider=who, after=before)


def _lists(row: Row) -> None:
    """Lists come in pages, in order; by the part of a name where one is asked for."""
    number = regex(r"\d{1,9}", "20")
    sort = regex("-?[a-zA-Z]+", "-name")
    told = {**done(like([])).json, "paging": {"offset": integer(0), "limit": integer(20), "total": integer(0)}}
    for who, what in (
        (Component.CAMPAIGN_MANAGER, "campaign-groups"),
        (Component.JOB_SCHEDULER, "jobs"),
        (Component.LIST_BUILDER, "contact-lists"),
        (Component.LIST_BUILDER, "suppression-lists"),
    ):
        for how, query in (
            ("many at once", {"limit": "1000"}),
            ("by the page, in order", {"offset": number, "limit": number, "sort": sort}),
            ("by part of their names", {"offset": number, "limit": number, "sort": sort, "name": like("pri")}),
        ):
            ask = Ask("GET", f"{API}/{what}", query=query)
            _call(row, who, f"{what.replace('-', ' ')} {how}", ask, Answer(200, json=told))
        wrong = Ask("GET", f"{API}/{what}", query={"limit": like("1001")})
        _call(row, who, f"of {what.replace('-', ' ')} not more than can be told", wrong, refused(400, 652))


def _api_aggregator(row: Row) -> None:
    who = Component.API_AGGREGATOR
    ended = replace(done(), headers={"Set-Cookie": ENDED_COOKIE})
    _call(row, who, "a person signs out", Ask("POST", f"{API}/logout", json={}), ended)
    wrong = Ask("POST", f"{API}/login", json={**PASSWORD, "password": like("not the password")})
    states = [MAY_LOG_IN]
    row.http(
        f"{who.label}: a wrong password opens nothing", ASKED, wrong, refused(401, 601), states=states, provider=who
    )
    rule = regex(f"{API}/compliance-rules/[^/]+", f"{API}/compliance-rules/quiet")
    _call(row, who, "a compliance rule is removed", Ask("DELETE", rule), done(), HAS_RULE)
    none = Ask("PUT", rule, json={"type": like("weather")})
    _call(row, who, "a compliance rule of an unknown kind is refused", none, refused(400, 652))


def _campaign_manager(row: Row) -> None:
    who = Component.CAMPAIGN_MANAGER
    groups = f"{API}/campaign-groups"
    made = {"dbid": integer(101), "campaignDBID": integer(101), "groupDBID": integer(101)}
    told = {**made, "name": stated("Autumn@Outbound agents", regex(".+@.+", "Autumn@Outbound agents"))}
    wanted = {"name": like("Autumn"), "contactList": like("Spring"), "group": like("Outbound agents")}
    voice = {"media": "voice", "dialMode": like("1"), "optimizeBy": like("1")}
    text = {"message": like("Hello {FirstName}")}
    free = given("there is no {type} {name}", type="CampaignGroup", name="Autumn@Outbound agents")
    for what, more in (
        ("that calls", voice),
        ("that calls, with its goal", {**voice, "optimizeGoal": integer(80)}),
        ("that sends text messages", {"media": "sms", **text}),
        ("that sends e-mail", {"media": "email", "subject": like("News"), **text}),
    ):
        ask = Ask("POST", groups, json={**wanted, **more})
        _call(row, who, f"a campaign group {what} is defined", ask, done(told, status=201), SPRING_LIST, free)
    no_list = given("there is no {type} {name}", type="CallingList", name="Winter")
    nobodys = Ask("POST", groups, json={**wanted, **voice, "contactList": like("Winter")})
    _call(row, who, "a campaign group on no contact list is refused", nobodys, refused(404, 604), no_list)
    far = Ask("POST", groups, json={**wanted, **voice, "optimizeGoal": 101})
    _call(row, who, "a campaign group with a goal that cannot be is refused", far, refused(400, 652), SPRING_LIST)

    not_loaded = given("campaign {name} is not loaded", name="Summer")
    one = regex(f"{groups}/[^/]+", f"{groups}/{SUMMER}")
    _call(row, who, "how far a campaign is that dials", Ask("GET", one), _stands("Running"), DIALING)
    _call(row, who, "how far a campaign is that is loaded", Ask("GET", one), _stands("Active"), LOADED)
    for what, command, status, state, before in (
        (LOADS, "load", "Active", not_loaded, ()),
        (STARTS, "start", "Running", LOADED, (LOADS,)),
        ("a campaign that dials is stopped", "stop", "Active", DIALING, (STARTS,)),
        ("a campaign that does not dial is unloaded", "unload", "NotLoaded", LOADED, (LOADS,)),
        ("a campaign is unloaded at once", "force-unload", "NotLoaded", DIALING, (LOADS,)),
    ):
        _call(row, who, what, _command(command), _stands(status), state, after=before)
    for what, command, state in (
        ("a campaign is not loaded again", "load", LOADED),
        ("a campaign is not stopped before it dials", "stop", LOADED),
        ("a campaign is not unloaded while it dials", "unload", DIALING),
    ):
        _call(row, who, what, _command(command), refused(409, 409), state)


def _stands(status: str) -> Answer:
    told = told_of_loaded(status)
    group = {"name": stated(SUMMER, regex(".+@.+", SUMMER)), "dbid": integer(101)}
    return done({**group, **{name: value for name, value in told.items() if name not in ("campaignId", "groupId")}})


def _command(command: str) -> Ask:
    path = regex(f"{API}/campaign-groups/[^/]+/{command}", f"{API}/campaign-groups/{SUMMER}/{command}")
    return Ask("POST", path, json={})


def _job_scheduler(row: Row) -> None:
    who = Component.JOB_SCHEDULER
    jobs = f"{API}/jobs"
    one = regex(f"{jobs}/[^/]+", f"{jobs}/nightly")
    wanted = {"name": like("nightly"), "action": "import-contacts", "protocol": "sftp", "path": like("/in/leads.csv")}
    moment = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2036-01-01T08:00:00Z")
    once = Ask("POST", jobs, json={**wanted, "list": like("Spring"), "schedule": {"at": moment}})
    told = done({"name": stated("nightly"), "schedule": {"at": moment}}, status=201)
    _call(row, who, "a job is to run once", once, told, NO_JOB)
    never = Ask("POST", jobs, json={**wanted, "list": like("Spring"), "schedule": {"at": "tomorrow"}})
    _call(row, who, "a job at a moment that is none is refused", never, refused(400, 652), NO_JOB)
    run = Ask("POST", regex(f"{jobs}/[^/]+/run", f"{jobs}/nightly/run"), json={"wait": False})
    begun = done({"state": "running", "started": MOMENT, "ended": ""}, status=202, code=1)
    _call(row, who, "a job begins to run, and nobody waits", run, begun, HAS_JOB)
    _call(row, who, "a job that nobody defined does not run", run, refused(404, 604), NO_JOB)
    _call(row, who, "a job is removed", Ask("DELETE", one), done(), HAS_JOB)
    _call(row, who, "a job that nobody defined is not removed", Ask("DELETE", one), refused(404, 604), NO_JOB)


def _list_manager(row: Row) -> None:
    who = Component.LIST_MANAGER

    def chunk(data: str, offset: Any, last: str) -> Ask:
        query = {"offset": offset, "last": last}
        return Ask("PUT", FILE, query=query, text=data, content_type="application/octet-stream")

    first = {"file": regex("(import|export|rejects)/.+", "import/leads.csv"), "size": stated(len(HALF)), "whole": False}
    begun = "a file's first chunk is taken"
    _call(row, who, begun, chunk(HALF, "0", "false"), done(first))
    whole = {**first, "size": stated(len(LEADS)), "whole": True}
    _call(row, who, "a file's only chunk is taken", chunk(LEADS, "0", "true"), done(whole))
    astray = chunk(HALF, "the end", "true")
    _call(row, who, "a chunk that belongs nowhere is refused", astray, refused(400, 652))
    some, none = (Ask("GET", FILE, query={"offset": offset}) for offset in ("0", "4096"))
    _call(
        row, who, "a file is given", some, Answer(200, headers={"Content-Type": "application/octet-stream"}), HAS_FILE
    )
    _call(row, who, "behind a file's end there is nothing", none, Answer(200, text=""), HAS_FILE)


def _list_builder(row: Row) -> None:
    who = Component.LIST_BUILDER
    lists, suppression = f"{API}/contact-lists", f"{API}/suppression-lists"
    counts = {name: integer(1) for name in IMPORTED}
    told = {
        **counts,
        "file": like("import/leads.csv"),
        "rejects": like([]),
        "rejectsFile": like(""),
    }
    wanted = {"name": like("Autumn"), "file": regex("import/.+", "import/leads.csv"), "append": boolean(False)}
    imported = done({**told, "name": stated("Autumn")})
    _call(row, who, "a file is imported", Ask("POST", lists, json=wanted), imported, HAS_FILE)
    winters = given("CX Contact has contact list {name} of {text}", name="Winter", text=LEADS)
    more = Ask("POST", lists, json={**wanted, "name": like("Winter"), "append": True})
    others = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device1\n+12025550144\n")
    _call(row, who, "a file is appended", more, done({**told, "name": stated("Winter")}), winters, others)
    again = Ask("POST", lists, json={**wanted, "name": like("Winter"), "append": False})
    _call(row, who, "a contact list that there is is not made again", again, refused(409, 609), winters, HAS_FILE)
    rejects = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device1\nnobody\n")
    useless = Ask("POST", lists, json={**wanted, "name": like("Nobody")})
    _call(row, who, "a file of nothing but rejects is not imported", useless, refused(400, 652), rejects)

    one = regex(f"{lists}/[^/]+", f"{lists}/July")
    july = given("CX Contact has contact list {name} of {text}", name="July", text=f"{LEADS}Eve,nobody\n")
    about = {"name": stated("July"), "contacts": stated(1), "devices": stated(1), "rejected": stated(1)}
    _call(row, who, "how large a contact list is", Ask("GET", one), done(about), july)
    line = {"line": 3, "reason": not_empty("why"), "content": "Eve,nobody", "file": like("import/leads.csv")}
    lines = Ask("GET", regex(f"{lists}/[^/]+/rejects", f"{lists}/Summer/rejects"))
    _call(row, who, "which lines were rejected, and why", lines, done(stated([line], like([]))), SUMMERS_LIST)
    path = regex(f"{lists}/[^/]+/export", f"{lists}/Summer/export")
    export = Ask("POST", path, json={"file": regex("export/.+", "export/Summer.csv")})
    written = {"name": stated("Summer"), "file": regex("export/.+", "export/Summer.csv")}
    written |= {"records": integer(1), "size": integer(200)}
    _call(row, who, "a contact list's results are exported", export, done(written), SUMMERS_LIST)

    entries = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device\n+12025550143\n")
    order = {"name": wanted["name"], "file": wanted["file"], "type": like("Device"), "required": boolean(False)}
    held: dict[str, Any] = {"name": stated("Autumn"), "entries": integer(1), "size": integer(1), "rejected": integer(0)}
    held |= {"type": "Device", "rejects": like([]), "rejectsFile": like("")}
    _call(row, who, "a file of devices is suppressed", Ask("POST", suppression, json=order), done(held), entries)
    fetched = {"version": not_empty("9.0.43"), "changed": boolean(True), "problem": ""}
    _call(row, who, "compliance data are fetched", Ask("POST", f"{API}/compliance-data", json={}), done(fetched))
