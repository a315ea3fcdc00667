"""Row 4: the UI's server asks the back ends at their five ports.

The ports are documented; which service has which, and the whole of what is said there, is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    Term,
    assumed,
    each_like,
    given,
    integer,
    like,
    one_of,
    regex,
    row_04_files,
    row_04_page,
    row_04_replicas,
    stated,
)
from cxmock.contracts.authoring.compliance import GOOD_RULES, HAS_RULE, NO_RULE, RULES, about_lists
from cxmock.contracts.authoring.contact import (
    API,
    JOB_SETTINGS,
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
from cxmock.topology import Component

PORTS = assumed("the guide has the UI call back-end services at ports 3004 to 3008; which has which, and how, is ours")
GROUP = "Spring@Outbound agents"
ASSIGNED = given("campaign {name} is assigned to the outbound agents", name="Spring")
LEADS = "FirstName,Device1\r\nAda,+12025550143\r\n"


WANTED = {"name": "nightly", "action": "import-contacts", "path": "/in/leads.csv", "list": "Spring"}
"""A job as it is defined."""


def contract() -> Row:
    """Return the contract."""
    row = Row(4)
    for who, path in (
        (Component.JOB_SCHEDULER, "jobs"),
        (Component.LIST_MANAGER, "files/import"),
        (Component.LIST_BUILDER, "contact-lists"),
    ):
        ask = Ask("GET", stated(f"{API}/{path}", regex(f"{API}/.+", f"{API}/{path}")))
        call(row, who, f"{who.label} refuses who is not logged in", ask, refused(401, 601), ())
    _api_aggregator(row)
    _campaign_manager(row)
    _job_scheduler(row)
    _list_manager(row)
    _list_builder(row)
    row_04_replicas.promise(row)
    row_04_page.add_to(row)
    row_04_files.add_to(row)
    return row


def call(
    row: Row, provider: Component, description: str, ask: Ask, answer: Answer, states: Sequence[Given] = (LOGGED_IN,)
) -> None:
    """Add a promise of one of the back ends."""
    row.http(description, PORTS, ask, answer, states=states, provider=provider)


def get(path: str, **query: str) -> Ask:
    """Return a request of somebody who is logged in."""
    return Ask("GET", f"{API}/{path}", query=query, headers=WITH_SESSION)


def post(path: str, body: Any) -> Ask:
    """Return a request of somebody who is logged in."""
    return Ask("POST", f"{API}/{path}", headers=WITH_SESSION, json=body)


def _api_aggregator(row: Row) -> None:
    who = Component.API_AGGREGATOR
    call(
        row,
        who,
        "API Aggregator logs a person in",
        Ask("POST", f"{API}/login", json=PASSWORD),
        replace(done(SESSION), headers={"Set-Cookie": NEW_COOKIE}),
        [MAY_LOG_IN],
    )
    call(row, who, "API Aggregator tells who is logged in", get("session"), done(SESSION))
    call(row, who, "API Aggregator refuses who is not logged in", Ask("GET", f"{API}/session"), refused(401, 601), ())
    call(row, who, "API Aggregator knows no such thing", get("wishes"), refused(404, 604))
    rule = _named("compliance-rules", "quiet")
    wanted = Ask("PUT", rule, headers=WITH_SESSION, json=GOOD_RULES["where nobody is called"])
    name = done({"name": stated("quiet")})
    call(row, who, "API Aggregator has a compliance rule set", wanted, name, [LOGGED_IN, NO_RULE])
    listed = Ask("GET", RULES, headers=WITH_SESSION)
    call(row, who, "API Aggregator has the compliance rules listed", listed, page(like({})), [LOGGED_IN, HAS_RULE])
    nobodys = Ask("DELETE", rule, headers=WITH_SESSION)
    call(row, who, "API Aggregator has no such compliance rule", nobodys, refused(404, 604), [LOGGED_IN, NO_RULE])


def _some(example: Any) -> Term:
    """Promise a list with something in it where the state sees to that, of any length elsewhere."""
    return stated(each_like(example), each_like(example, min=0))


def _named(path: str, name: str) -> Term:
    """Return the path of something that has a name: this one, or any other."""
    return regex(f"{API}/{path}/[^/]+", f"{API}/{path}/{name}")


def _campaign_manager(row: Row) -> None:
    who = Component.CAMPAIGN_MANAGER
    group = {
        "name": stated(GROUP),
        "dbid": integer(101),
        "dialMode": integer(1),
        "optimizeBy": integer(1),
        "optimizeGoal": integer(80),
        "status": stated("NotLoaded"),
    }
    call(
        row,
        who,
        "Campaign Manager lists the campaign groups",
        get("campaign-groups"),
        page(stated([{**group, "name": like(GROUP), "status": like("NotLoaded")}], like([]))),
        [LOGGED_IN, ASSIGNED],
    )
    call(
        row,
        who,
        "Campaign Manager tells where a campaign group stands",
        Ask("GET", _named("campaign-groups", GROUP), headers=WITH_SESSION),
        done({**group, "campaignGroupId": integer(101), "campaignGroupName": stated(GROUP)}),
        [LOGGED_IN, ASSIGNED],
    )
    call(
        row,
        who,
        "Campaign Manager starts no campaign group that is not loaded",
        post(f"campaign-groups/{GROUP}/start", {}),
        refused(409, 409),
        [LOGGED_IN, ASSIGNED],
    )
    call(
        row,
        who,
        "Campaign Manager does not find a campaign group that nobody made",
        Ask("GET", _named("campaign-groups", "Autumn@Nobody"), headers=WITH_SESSION),
        refused(404, 604),
    )
    call(
        row,
        who,
        "Campaign Manager refuses who is not logged in",
        Ask("GET", f"{API}/campaign-groups"),
        refused(401, 601),
        (),
    )


def _job_scheduler(row: Row) -> None:
    who = Component.JOB_SCHEDULER
    job = {
        "name": stated("nightly"),
        "action": stated("import-contacts"),
        "protocol": one_of("sftp", "ftp"),
        "path": stated("/in/leads.csv"),
        "list": stated("Spring"),
        **JOB_SETTINGS,
    }
    asked = {name: like(text) for name, text in WANTED.items()}
    call(
        row,
        who,
        "Job Scheduler takes a job",
        post("jobs", asked),
        done({**job, "schedule": None}, status=201),
        [LOGGED_IN, given("CX Contact has no job {name}", name="nightly")],
    )
    there = [LOGGED_IN, given("CX Contact has job {name}", name="nightly")]
    call(
        row,
        who,
        "Job Scheduler lists the jobs",
        get("jobs"),
        done(_some({**job, "name": like("nightly"), "state": like("")})),
        there,
    )
    call(
        row,
        who,
        "Job Scheduler tells about a job and its runs",
        Ask("GET", _named("jobs", "nightly"), headers=WITH_SESSION),
        done({**job, "state": stated(""), "history": stated([], like([]))}),
        there,
    )
    call(
        row,
        who,
        "Job Scheduler does not find a job that nobody defined",
        Ask("GET", _named("jobs", "yearly"), headers=WITH_SESSION),
        refused(404, 604),
        [LOGGED_IN, given("CX Contact has no job {name}", name="yearly")],
    )
    call(
        row,
        who,
        "Job Scheduler refuses an action that it does not know",
        post("jobs", {**asked, "action": like("import-wishes")}),
        refused(400, 652),
    )


def _list_manager(row: Row) -> None:
    who = Component.LIST_MANAGER
    there = [LOGGED_IN, given("CX Contact has file {file} with {text}", file="import/leads.csv", text=LEADS)]
    call(
        row,
        who,
        "List Manager lists the files that came in",
        get("files/import"),
        done(_some({"name": like("leads.csv"), "size": integer(40), "modified": integer(1767225600)})),
        there,
    )
    call(
        row,
        who,
        "List Manager takes a file",
        Ask("PUT", f"{API}/files/import/leads.csv", headers=WITH_SESSION, text=LEADS, content_type="text/csv"),
        done({"file": "import/leads.csv", "size": len(LEADS), "whole": True}),
    )
    call(
        row,
        who,
        "List Manager removes a file",
        Ask("DELETE", f"{API}/files/import/leads.csv", headers=WITH_SESSION),
        done(),
        there,
    )
    call(
        row,
        who,
        "List Manager does not find a file that nobody brought",
        get("files/import/gone.csv"),
        refused(404, 604),
        [LOGGED_IN, given("CX Contact has no file {file}", file="import/gone.csv")],
    )
    call(row, who, "List Manager has no other folders", get("files/etc"), refused(400, 652))


def _list_builder(row: Row) -> None:
    who = Component.LIST_BUILDER
    for one in about_lists():
        asked = replace(one.ask, headers=WITH_SESSION)
        call(row, who, f"List Builder: {one.description}", asked, one.answer, [LOGGED_IN, *one.states])
    call(row, who, "List Builder lists the contact lists", get("contact-lists"), page(each_of("contact-lists")))
    call(
        row,
        who,
        "List Builder lists the suppression lists",
        get("suppression-lists"),
        page(each_of("suppression-lists")),
    )
    call(
        row,
        who,
        "List Builder does not find a contact list that nobody made",
        Ask("GET", _named("contact-lists", "Autumn"), headers=WITH_SESSION),
        refused(404, 604),
    )
    call(
        row,
        who,
        "List Builder imports no file that is not there",
        post("contact-lists", {"name": "Autumn", "file": "import/gone.csv"}),
        refused(404, 604),
        [LOGGED_IN, given("CX Contact has no file {file}", file="import/gone.csv")],
    )
    call(
        row,
        who,
        "List Builder imports nothing without a file's name",
        post("contact-lists", {"name": "Autumn"}),
        refused(400, 651),
    )
    call(
        row,
        who,
        "List Builder tells which compliance data is at hand",
        get("compliance-data"),
        done(
            {
                "version": like("9.0.43"),
                "fetched": integer(1767225600),
                "areaCodes": integer(8817),
                "countries": integer(245),
                "problem": like(""),
            }
        ),
    )
