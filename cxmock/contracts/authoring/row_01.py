"""Row 1: a browser or an API client enters CX Contact by its ingress, over HTTPS whatever the table calls it.

The session's cookie is documented; where page and API are is observed; what the API is like below that is assumed.
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
    assumed,
    documented,
    each_like,
    given,
    includes,
    integer,
    like,
    not_empty,
    observed,
    one_of,
    regex,
    row_01_messages,
    row_01_page,
    row_01_replicas,
    stated,
    timestamp,
)
from cxmock.contracts.authoring.campaign import BEFORE_OR_AFTER, LOADS, STARTS, told, told_of_loaded
from cxmock.contracts.authoring.compliance import about_lists, about_rules
from cxmock.contracts.authoring.contact import (
    API,
    COOKIE,
    ENDED_COOKIE,
    IMPORTED,
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
from cxmock.contracts.authoring.row_01_campaigns import about_campaigns
from cxmock.contracts.authoring.row_01_import import about_imports
from cxmock.contracts.authoring.row_01_jobs import RUN, about_jobs
from cxmock.contracts.authoring.row_01_objects import about_whole_objects
from cxmock.contracts.authoring.row_01_orders import about_whole_orders
from cxmock.contracts.authoring.row_01_queries import about_queries
from cxmock.contracts.authoring.row_01_resources import about_resources

STICKY = documented("the guide: the ingress keeps sessions sticky by the cookie cxc-session-cookie; the login is ours")
PLACES = observed("public pages: the UI at /ui/cxcontact/, the API below /cx-contact/v3")
PAGE = "/ui/cxcontact"
LEADS = "FirstName,Device1\nAda,+12025550143\n"
ACTION = one_of("import-contacts", "append-contacts", "import-suppression", "export-results")
CALLS = assumed("the API's paths, bodies and refusals are not public")


SUMMER = "Summer@Outbound agents"
GROUP = regex(f"{API}/campaign-groups/[^/]+", f"{API}/campaign-groups/{SUMMER}")
SPRING_LIST = given("calling list {name} exists", name="Spring")
NO_GROUP = given("there is no {type} {name}", type="CampaignGroup", name="Autumn@Outbound agents")
SHOWN = ("campaign-groups", "contact-lists", "suppression-lists", "jobs", "files/import")
INTERNAL = ("campaignId", "groupId")
"""What OCS tells and CX Contact keeps to itself."""
NOT_LOADED = given("campaign {name} is not loaded", name="Summer")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
MOMENT = timestamp("2026-01-01T00:00:00Z")


def contract() -> Row:
    """Return the contract."""
    row = Row(1)
    _sessions(row)
    _page(row)
    row_01_page.add_to(row)
    _calls(row)
    _jobs(row)
    _campaign_groups(row)
    _commands(row)
    _refusals(row)
    further = (*about_whole_objects(), *about_whole_orders(), *about_queries())
    for one in (*about_rules(), *about_lists(), *about_campaigns(), *about_jobs(), *further):
        call(row, one.description, one.ask, one.answer, *one.states)
    row_01_replicas.promise(row)
    about_resources(row)
    row_01_messages.add_to(row)
    about_imports(row)
    return row


def call(row: Row, description: str, ask: Ask, answer: Answer, *states: Given, after: Sequence[str] = ()) -> None:
    """Add a promise about a call of somebody who is logged in."""
    asked = replace(ask, headers=WITH_SESSION)
    row.http(description, CALLS, asked, answer, states=[LOGGED_IN, *states], after=after)


def _sessions(row: Row) -> None:
    row.http(
        "a login sets the session's cookie",
        STICKY,
        Ask("POST", f"{API}/login", json=PASSWORD),
        Answer(200, headers={"Set-Cookie": NEW_COOKIE}),
        states=[MAY_LOG_IN],
    )
    row.http(
        "a login tells who is logged in, and no token",
        CALLS,
        Ask("POST", f"{API}/login", json=PASSWORD),
        done(SESSION),
        states=[MAY_LOG_IN],
    )
    row.http(
        "a login with a wrong password is refused",
        CALLS,
        Ask("POST", f"{API}/login", json={**PASSWORD, "password": like("not the password")}),
        refused(401, 601),
        states=[MAY_LOG_IN],
    )
    row.http(
        "who is logged in",
        CALLS,
        Ask("GET", f"{API}/session", headers=WITH_SESSION),
        done(SESSION),
        states=[LOGGED_IN],
    )
    row.http(
        "a logout ends the cookie",
        CALLS,
        Ask("POST", f"{API}/logout", headers=WITH_SESSION),
        replace(done(), headers={"Set-Cookie": ENDED_COOKIE}),
        states=[LOGGED_IN],
    )
    row.http(
        "without a session the API answers nothing",
        CALLS,
        Ask("GET", stated(f"{API}/campaign-groups", regex(f"{API}/.+", f"{API}/campaign-groups"))),
        refused(401, 601),
    )
    row.http(
        "a cookie that nobody was given is no session",
        CALLS,
        Ask("GET", f"{API}/session", headers={"Cookie": like(f"{COOKIE}=guessed")}),
        refused(401, 601),
    )


def _page(row: Row) -> None:
    row.http(
        "the page is there without a login",
        PLACES,
        Ask("GET", f"{PAGE}/"),
        Answer(200, text=includes("</html>", "<html></html>"), content_type="text/html"),
    )
    row.http(
        "a browser at the door is sent to the page",
        CALLS,
        Ask("GET", "/"),
        Answer(302, headers={"Location": "/ui/cxcontact/"}),
    )
    row.http(
        "the page logs people in",
        CALLS,
        Ask("POST", f"{PAGE}/api/login", json=PASSWORD),
        replace(done(SESSION), headers={"Set-Cookie": NEW_COOKIE}),
        states=[MAY_LOG_IN],
    )
    row.http(
        "the page shows all at one glance",
        CALLS,
        Ask("GET", f"{PAGE}/api/overview", headers=WITH_SESSION),
        done(
            {
                "session": SESSION,
                **{name: each_of(name) for name in SHOWN},
                "errors": {},
            }
        ),
        states=[LOGGED_IN],
    )
    row.http(
        "the page shows nothing to who is not logged in",
        CALLS,
        Ask("GET", f"{PAGE}/api/overview"),
        refused(401, 601),
    )
    elsewhere = stated("/elsewhere", regex("/(?!cx-contact|ui)[^/]+", "/elsewhere"))
    row.http("nothing is elsewhere", CALLS, Ask("GET", elsewhere), refused(404, 604))


def _calls(row: Row) -> None:
    for what in ("campaign-groups", "contact-lists", "suppression-lists", "jobs"):
        call(row, f"the {what.replace('-', ' ')} are listed", Ask("GET", f"{API}/{what}"), page(each_of(what)))
    campaigns = stated(each_like({"name": like("Spring"), "dbid": integer(101)}), like([]))
    spring = given("campaign {name} exists", name="Spring")
    call(row, "the campaigns are listed", Ask("GET", f"{API}/campaigns"), page(campaigns), spring)
    summer = given("CX Contact has contact list {name} of {text}", name="Summer", text=f"{LEADS}Eve,nobody\n")
    told = {"name": stated("Summer"), "contacts": stated(1), "devices": stated(1), "rejected": stated(1)}
    summers = regex(f"{API}/contact-lists/[^/]+", f"{API}/contact-lists/Summer")
    call(row, "a contact list is told with how large it is", Ask("GET", summers), done(told), summer)
    rejects = regex(f"{API}/contact-lists/[^/]+/rejects", f"{API}/contact-lists/Summer/rejects")
    reject = {
        "line": stated(3),
        "reason": not_empty("why"),
        "content": stated("Eve,nobody"),
        "file": like("import/leads.csv"),
    }
    lines = stated([reject], each_like(reject, min=0))
    call(row, "the lines of a file that were rejected are told", Ask("GET", rejects), done(lines), summer)
    one_list = regex(f"{API}/contact-lists/[^/]+(/rejects)?", f"{API}/contact-lists/Autumn")
    call(row, "a contact list that nobody made is not found", Ask("GET", one_list), refused(404, 604))
    call(
        row,
        "compliance data are fetched",
        Ask("POST", f"{API}/compliance-data", json={}),
        done(
            {
                "version": not_empty("9.0.43"),
                "fetched": integer(1767225600),
                "areaCodes": integer(8817),
                "countries": integer(245),
                "problem": "",
                "changed": like(True),
            }
        ),
    )


def _jobs(row: Row) -> None:
    job = {"name": like("nightly"), "list": like("Spring"), "path": like("/in/leads.csv"), "action": ACTION}
    told = {
        **{name: stated(term.example, term) for name, term in job.items()},
        "protocol": one_of("sftp", "ftp"),
        **JOB_SETTINGS,
    }
    jobs = f"{API}/jobs"
    none, there = (
        given("CX Contact has no job {name}", name="nightly"),
        given("CX Contact has job {name}", name="nightly"),
    )
    with_protocol = {**job, "protocol": one_of("sftp", "ftp")}
    call(row, "a job is defined", Ask("POST", jobs, json=job), done(told, status=201), none)
    call(row, "a job is defined with its protocol", Ask("POST", jobs, json=with_protocol), done(told, status=201), none)
    call(row, "a job that there is is defined otherwise", Ask("POST", jobs, json=job), done(told), there)
    again = Ask("POST", jobs, json=with_protocol)
    call(row, "a job that there is is defined otherwise, with its protocol", again, done(told), there)
    run = Ask("POST", regex(f"{jobs}/[^/]+/run", f"{jobs}/nightly/run"), json={})
    ran = {"started": MOMENT, "ended": MOMENT}
    files = {"files": stated(["/in/leads.csv"], each_like("/in/leads.csv"))}
    result = {"name": stated("Spring"), "file": regex("(import|export)/.+", "import/nightly-leads.csv")}
    counts = {name: integer(1) for name in ("lines", "rows", "contacts", "devices", "rejected", "skipped", "files")}
    seen = {**ran, "state": "done", "reason": "", **files, "result": result}
    call(
        row,
        "a job that was run tells what came of it",
        run,
        done(stated({**RUN, **seen, "result": {**IMPORTED, **result}, "counts": counts}, seen)),
        there,
        given("the customer's file {path} holds {text}", path="/in/leads.csv", text=LEADS),
    )
    call(row, "a job that failed tells why", run, done({**ran, "state": "failed", "reason": not_empty("why")}), there)
    call(row, "a job that nobody defined is not run", run, refused(404, 604), none)


def _campaign_groups(row: Row) -> None:
    made = {"dbid": integer(101), "campaignDBID": integer(101), "groupDBID": integer(101)}
    told = {**made, "name": stated("Autumn@Outbound agents", regex(".+@.+", "Autumn@Outbound agents"))}
    wanted = {"name": like("Autumn"), "contactList": like("Spring"), "group": like("Outbound agents")}
    text = {"message": like("Hello {FirstName}")}
    for what, more in (
        ("", {}),
        (" that calls", {"media": "voice"}),
        (" that sends text messages", {"media": "sms", **text}),
        (" that sends e-mail", {"media": "email", "subject": like("News"), **text}),
    ):
        ask = Ask("POST", f"{API}/campaign-groups", json={**wanted, **more})
        call(row, f"a campaign group{what} is defined", ask, done(told, status=201), SPRING_LIST, NO_GROUP)
    nobodys = Ask("POST", f"{API}/campaign-groups", json={**wanted, "contactList": like("Winter")})
    no_list = given("there is no {type} {name}", type="CallingList", name="Winter")
    call(row, "a campaign group on no contact list is refused", nobodys, refused(404, 604), no_list)
    silent = Ask("POST", f"{API}/campaign-groups", json={**wanted, "media": one_of("sms", "email")})
    call(row, "a campaign group that sends nothing is refused", silent, refused(400, 651), SPRING_LIST)


def _commands(row: Row) -> None:
    def stands(answer: dict[str, Any]) -> Answer:
        group = {"name": stated(SUMMER, regex(".+@.+", SUMMER)), "dbid": integer(101)}
        return done({**group, **{name: told for name, told in answer.items() if name not in INTERNAL}})

    for status, told_then, state in (
        ("NotLoaded", told("NotLoaded"), NOT_LOADED),
        ("Active", told_of_loaded(BEFORE_OR_AFTER), LOADED),
        ("Running", told_of_loaded("Running"), DIALING),
    ):
        call(row, f"where a campaign group stands: {status}", Ask("GET", GROUP), stands(told_then), state)
    said = f"{LOADS}, and is told whether it completes by itself"
    for description, command, body, status, state, before in (
        (LOADS, "load", {}, "Active", NOT_LOADED, ()),
        (said, "load", {"autoCompletion": like(False)}, "Active", NOT_LOADED, ()),
        (STARTS, "start", {}, "Running", LOADED, (LOADS, said)),
        ("a campaign that dials is stopped", "stop", {}, "Active", DIALING, (STARTS,)),
        ("a campaign that does not dial is unloaded", "unload", {}, "NotLoaded", LOADED, (LOADS, said)),
        ("a campaign is unloaded at once", "force-unload", {}, "NotLoaded", DIALING, (LOADS, said)),
    ):
        call(row, description, _command(command, body), stands(told_of_loaded(status)), state, after=before)
    for description, command, state in (
        ("a campaign cannot dial before it is loaded", "start", NOT_LOADED),
        ("a campaign is not stopped before it dials", "stop", LOADED),
        ("a campaign is not unloaded while it dials", "unload", DIALING),
        ("a campaign is not loaded again", "load", LOADED),
    ):
        asked = _command(command, {"autoCompletion": like(False)} if command == "load" else {})
        call(row, description, asked, refused(409, 409), state)


def _command(command: str, body: Any) -> Ask:
    path = regex(f"{API}/campaign-groups/[^/]+/{command}", f"{API}/campaign-groups/{SUMMER}/{command}")
    return Ask("POST", path, json=body)


def _refusals(row: Row) -> None:
    nobodys = regex(f"{API}/campaign-groups/[^/]+", f"{API}/campaign-groups/Nobody@Nowhere")
    call(row, "a campaign group that nobody made is not found", Ask("GET", nobodys), refused(404, 604))
    path = regex(f"{API}/campaign-groups/[^/]+/load", f"{API}/campaign-groups/Nobody@Nowhere/load")
    load = Ask("POST", path, json={"autoCompletion": like(False)})
    call(row, "a campaign group that nobody made is not loaded", load, refused(404, 604))
