"""Row 4, what the page has the UI's server side ask beyond looking: campaigns, jobs, rules (files: row_04_files).

All of it is assumed, as everything that is said at these ports.
"""

from __future__ import annotations

from dataclasses import replace

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    Term,
    assumed,
    given,
    integer,
    like,
    one_of,
    regex,
    stated,
    timestamp,
)
from cxmock.contracts.authoring.campaign import LOADS, STARTS, told_of_loaded
from cxmock.contracts.authoring.compliance import HAS_RULE, RULES, about_rules
from cxmock.contracts.authoring.contact import (
    API,
    ENDED_COOKIE,
    JOB_SETTINGS,
    LOGGED_IN,
    MAY_LOG_IN,
    PASSWORD,
    WITH_SESSION,
    done,
    each_of,
    page,
    refused,
)
from cxmock.topology import Component

ASKED = assumed("how the page brings files, imports, runs campaigns and jobs and sets rules is ours")
SUMMER = "Summer@Outbound agents"
SPRING_LIST = given("calling list {name} exists", name="Spring")
LOADED = given("campaign {name} is loaded", name="Summer")
PAUSED = given("campaign {name} is paused", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
HAS_JOB = given("CX Contact has job {name}", name="nightly")
NO_JOB = given("CX Contact has no job {name}", name="nightly")
MOMENT = timestamp("2026-01-01T00:00:00Z")


def add_to(row: Row) -> None:
    """Add the promises."""
    _lists(row)
    _strangers(row)
    _api_aggregator(row)
    _campaign_manager(row)
    _job_scheduler(row)


def call(
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
            call(row, who, f"{what.replace('-', ' ')} {how}", ask, page(each_of(what)))
        wrong = Ask("GET", f"{API}/{what}", query={"limit": like("1001")})
        call(row, who, f"of {what.replace('-', ' ')} not more than can be told", wrong, refused(400, 652))


def _strangers(row: Row) -> None:
    """A session may end at any moment: whatever is asked then is refused."""
    for who, what in (
        (Component.CAMPAIGN_MANAGER, f"campaign-groups/{SUMMER}/load"),
        (Component.JOB_SCHEDULER, "jobs"),
        (Component.LIST_MANAGER, "files/import/leads.csv"),
        (Component.LIST_BUILDER, "contact-lists"),
        (Component.API_AGGREGATOR, "compliance-rules/quiet"),
    ):
        for method in ("POST", "PUT", "DELETE"):
            ask = Ask(method, regex(f"{API}/.+", f"{API}/{what}"))
            refusal = f"{who.label}: no {method} of who is logged in no more"
            row.http(refusal, ASKED, ask, refused(401, 601), provider=who)


def _api_aggregator(row: Row) -> None:
    who = Component.API_AGGREGATOR
    ended = replace(done(), headers={"Set-Cookie": ENDED_COOKIE})
    call(row, who, "a person signs out", Ask("POST", f"{API}/logout", json={}), ended)
    wrong = Ask("POST", f"{API}/login", json={**PASSWORD, "password": like("not the password")})
    states = [MAY_LOG_IN]
    row.http(
        f"{who.label}: a wrong password opens nothing", ASKED, wrong, refused(401, 601), states=states, provider=who
    )
    for one in about_rules():
        path = one.ask.path.example if isinstance(one.ask.path, Term) else one.ask.path
        if path.startswith(RULES):
            call(row, who, one.description, one.ask, one.answer, *one.states)
    listed = Ask("GET", RULES, query={"limit": "1000"})
    call(row, who, "many compliance rules are listed at once", listed, page(like({})), HAS_RULE)


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
        (
            "that sends e-mail for somebody",
            {"media": "email", "subject": like("News"), "sender": like("a@b.example"), **text},
        ),
    ):
        ask = Ask("POST", groups, json={**wanted, **more})
        call(row, who, f"a campaign group {what} is defined", ask, done(told, status=201), SPRING_LIST, free)
    chain = given("CX Contact has campaign template {name}, and what it builds on", name="sales")
    made_so = Ask("POST", groups, json={**wanted, "template": like("sales")})
    call(
        row, who, "a campaign group is defined by a template", made_so, done(told, status=201), SPRING_LIST, free, chain
    )
    templates = Ask("GET", f"{API}/campaign-templates", query={"limit": "1000"})
    listed = page(stated([{"name": "sales"}], like([])))
    call(row, who, "campaign templates are listed", templates, listed, chain)
    no_list = given("there is no {type} {name}", type="CallingList", name="Winter")
    nobodys = Ask("POST", groups, json={**wanted, **voice, "contactList": like("Winter")})
    call(row, who, "a campaign group on no contact list is refused", nobodys, refused(404, 604), no_list)
    far = Ask("POST", groups, json={**wanted, **voice, "optimizeGoal": 101})
    call(row, who, "a campaign group with a goal that cannot be is refused", far, refused(400, 652), SPRING_LIST)

    not_loaded = given("campaign {name} is not loaded", name="Summer")
    one = regex(f"{groups}/[^/]+", f"{groups}/{SUMMER}")
    call(row, who, "how far a campaign is that dials", Ask("GET", one), _stands("Running"), DIALING)
    call(row, who, "how far a campaign is that is loaded", Ask("GET", one), _stands("Active"), LOADED)
    for what, command, status, state, before in (
        (LOADS, "load", "Active", not_loaded, ()),
        (STARTS, "start", "Running", LOADED, (LOADS,)),
        ("a campaign that dials is paused", "pause", "Paused", DIALING, (STARTS,)),
        ("a campaign that is paused goes on", "resume", "Running", PAUSED, (STARTS,)),
        ("a campaign that is paused is stopped", "stop", "Active", PAUSED, (STARTS,)),
        ("a campaign that dials is stopped", "stop", "Active", DIALING, (STARTS,)),
        ("a campaign that does not dial is unloaded", "unload", "NotLoaded", LOADED, (LOADS,)),
        ("a campaign is unloaded at once", "force-unload", "NotLoaded", DIALING, (LOADS,)),
    ):
        call(row, who, what, _command(command), _stands(status), state, after=before)
    for what, command, state in (
        ("a campaign is not loaded again", "load", LOADED),
        ("a campaign is not stopped before it dials", "stop", LOADED),
        ("a campaign is not unloaded while it dials", "unload", DIALING),
        ("a campaign that does not dial is not paused", "pause", LOADED),
        ("a campaign that is not paused does not go on", "resume", DIALING),
    ):
        call(row, who, what, _command(command), refused(409, 409), state)


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
    action = one_of("import-contacts", "append-contacts", "import-suppression", "append-suppression", "export-results")
    server = {**wanted, "action": action, "protocol": one_of("sftp", "ftp"), "list": like("Spring")}
    told = done({**JOB_SETTINGS, "name": stated("nightly"), "action": action, "schedule": None}, status=201)
    call(row, who, "a job is defined with its server", Ask("POST", jobs, json=server), told, NO_JOB)
    once = Ask("POST", jobs, json={**server, "schedule": {"at": moment}})
    told = done({**JOB_SETTINGS, "name": stated("nightly"), "schedule": {"at": moment}}, status=201)
    call(row, who, "a job is to run once", once, told, NO_JOB)
    cron = {"cron": regex(r"(\S+ ){4}\S+", "0 8 * * mon-fri")}
    for what, when in (("", cron), (" in its time zone", {**cron, "timeZone": like("Europe/Paris")})):
        again = Ask("POST", jobs, json={**server, "schedule": when})
        told = done({**JOB_SETTINGS, "name": stated("nightly"), "schedule": when}, status=201)
        call(row, who, f"a job is to run again and again{what}", again, told, NO_JOB)
    often = Ask("POST", jobs, json={**server, "schedule": {"cron": like("often")}})
    call(row, who, "a job with a cron expression that is none is refused", often, refused(400, 652), NO_JOB)
    never = Ask("POST", jobs, json={**wanted, "list": like("Spring"), "schedule": {"at": "tomorrow"}})
    call(row, who, "a job at a moment that is none is refused", never, refused(400, 652), NO_JOB)
    run = Ask("POST", regex(f"{jobs}/[^/]+/run", f"{jobs}/nightly/run"), json={"wait": False})
    begun = done({"state": "running", "started": MOMENT, "ended": ""}, status=202, code=1)
    call(row, who, "a job begins to run, and nobody waits", run, begun, HAS_JOB)
    call(row, who, "a job that nobody defined does not run", run, refused(404, 604), NO_JOB)
    call(row, who, "a job is removed", Ask("DELETE", one), done(), HAS_JOB)
    call(row, who, "a job that nobody defined is not removed", Ask("DELETE", one), refused(404, 604), NO_JOB)
