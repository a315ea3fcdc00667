"""The UI in Chromium: a person signs in, imports a file, has a campaign call, and sees what really happened."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from cxmock.cli.demo.story import START
from cxmock.reference.samples import CONTACTS, SUPPRESSION
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult

pytestmark = pytest.mark.foreign

AUDIT = (Path(__file__).parent / "audit.js").read_text()
"""Returns what is wrong with the page for who cannot see well, or has no mouse."""
WITHIN = 20_000
"""Milliseconds for whatever is to be seen."""
Bring = Callable[..., None]
TRICK = "<img src=x onerror=document.title='caught'>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=WITHIN)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def whole_testbed() -> Iterator[Testbed]:
    """CX Contact and all around it, on a Wednesday afternoon; waits are jumped over, so that a day takes seconds."""
    with Testbed(Options(start=START, jumping=True, journal=100_000)) as testbed:
        testbed.start(Component.INGRESS)
        yield testbed


@pytest.fixture
def testbed(whole_testbed: Testbed) -> Testbed:
    """The testbed as it was right after its start."""
    whole_testbed.reset()
    return whole_testbed


@pytest.fixture
def api(testbed: Testbed) -> Iterator[Contact]:
    """Somebody who works with the API at the same time."""
    contact = Contact(testbed)
    contact.login()
    yield contact
    contact.close()


@pytest.fixture
def bring(testbed: Testbed, api: Contact) -> Bring:
    """Have a file imported: ``bring("contact-lists", "spring", b"...")``."""

    def bring(kind: str, name: str, data: bytes, **more: object) -> None:
        testbed.part(Component.SHARE).put(f"/import/{name}.csv", data)
        api.post(f"/{kind}", {"name": name, "file": f"import/{name}.csv", **more})

    return bring


@pytest.fixture
def context(testbed: Testbed, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in which nothing goes wrong unseen: no message in its console, no request to another origin."""
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(WITHIN)
    url = testbed.directory.endpoint(Component.INGRESS).url
    wrong: list[str] = []
    context.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("request", lambda one: wrong.append(one.url) if not one.url.startswith((f"{url}/", "blob:")) else None)
    yield context
    context.close()
    # What the API refuses, Chromium writes into the console, too; the page shows it, and the tests look at it there.
    refused = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")
    assert [said for said in wrong if not refused.match(said)] == []
    # Whatever the page's server side asked the back ends is promised, and they kept it.
    testbed.journal.conformance(4).raise_unless_good()


@pytest.fixture
def door(testbed: Testbed, context: BrowserContext) -> Page:
    """The page, before anybody has signed in."""
    page = context.new_page()
    page.goto(f"{testbed.directory.endpoint(Component.INGRESS).url}/ui/cxcontact/")
    return page


@pytest.fixture
def page(testbed: Testbed, door: Page) -> Page:
    """The page, the supervisor signed in."""
    sign_in(door, testbed.directory.credentials.gws_user.secret)
    expect(door.get_by_role("heading", name="Overview")).to_be_visible()
    return door


def sign_in(page: Page, password: str, user: str = "supervisor") -> None:
    page.get_by_label("User").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def go(page: Page, where: str) -> None:
    page.evaluate("where => { location.hash = where }", where)


def figure(page: Page, name: str) -> int:
    """Return a number that the page shows under ``name``."""
    shown = page.locator(".figure", has=page.locator(f"dt:text-is('{name}')")).locator("dd")
    return int(shown.evaluate("dd => dd.firstChild.textContent").replace(",", ""))


def test_one_signs_in_with_the_right_password_alone(testbed: Testbed, door: Page) -> None:
    """What is wrong is said in the API's own words, the user's name stays; then the overview is there."""
    sign_in(door, "guessed")
    problem = door.get_by_role("alert")
    expect(problem).to_contain_text("GWS does not accept this user and password.")
    expect(problem).to_contain_text("code 601 · HTTP 401")
    expect(problem).to_contain_text("POST /cx-contact/v3/login · trace")
    expect(door.get_by_label("User")).to_have_value("supervisor")
    expect(door.get_by_role("heading", name="Overview")).to_have_count(0)

    sign_in(door, testbed.directory.credentials.gws_user.secret)
    expect(door.get_by_role("heading", name="Overview")).to_be_visible()
    expect(door.get_by_text("No contact list yet.")).to_be_visible()
    [cookie] = door.context.cookies()
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")

    door.get_by_role("button", name="Sign out").click()
    expect(door.get_by_role("dialog")).to_be_visible()
    expect(door.locator("main")).to_be_empty()
    assert door.context.cookies() == []


def test_a_file_is_imported_with_progress_and_rejects(page: Page) -> None:
    """In chunks onto the share, then into the list; each rejected row with its line and reason, all in a file."""
    page.get_by_role("link", name="Import a file").click()
    uploads: list[str] = []
    page.on("request", lambda one: uploads.append(one.url) if one.method == "PUT" else None)
    many = CONTACTS.read_bytes() + b"Eve,,,C9,nobody,,,,,,,\r\n" * 40_000
    page.get_by_label("File").set_input_files({"name": "many leads.csv", "mimeType": "text/csv", "buffer": many})
    expect(page.get_by_label("List", exact=True)).to_have_value("many leads")
    page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => { const bar = document.querySelector('progress');"
        " if (bar) seen.push([bar.getAttribute('aria-label'), bar.position]) })"
        ".observe(document.querySelector('main'), {subtree: true, childList: true, attributes: true}) }"
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("many leads is imported.")).to_be_visible()

    seen = page.evaluate("seen")
    positions = [place for name, place in seen if name == "Upload"]
    assert positions == sorted(positions)
    assert {0, 1} <= set(positions)
    assert len(set(positions)) >= 3
    assert ["Import", -1] in seen
    assert len(uploads) == -(-len(many) // (512 * 1024))
    assert uploads[-1].endswith("last=true")

    assert (figure(page, "Contacts"), figure(page, "Devices"), figure(page, "Rejected")) == (1000, 1563, 40_040)
    row = page.get_by_role("row").filter(has_text="duplicate client: C000358 is already on line 359")
    expect(row.get_by_role("cell").first).to_have_text("516")
    with page.expect_download() as brought:
        page.get_by_role("button", name="Download all rejects").click()
    assert brought.value.suggested_filename == "many leads.csv"
    assert Path(brought.value.path()).read_bytes().count(b"\n") == 40_047  # a heading; 6 devices were left out, too

    page.get_by_role("link", name="Look at the list").click()
    expect(page.get_by_role("heading", name="many leads", exact=True)).to_be_visible()
    page.get_by_label("Filter: Rejected rows").fill("wrong number of columns")
    expect(page.locator("tbody tr")).to_have_count(8)


def test_a_file_that_is_of_no_use_is_refused_in_four_parts(page: Page) -> None:
    """What happened, what helps, the code, and where; what was filled in stays."""
    go(page, "#/import/contacts/")
    page.get_by_label("File").set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"Device1\nme\n"})
    page.get_by_label("Country").fill("GB")
    page.get_by_role("button", name="Import", exact=True).click()
    problem = page.get_by_role("alert")
    expect(problem.locator("strong")).to_contain_text("bad.csv")
    expect(problem).to_contain_text("no number of GB")
    expect(problem).to_contain_text("code 652 · HTTP 400")
    expect(problem).to_contain_text("POST /cx-contact/v3/contact-lists")
    expect(page.get_by_label("Country")).to_have_value("GB")


def test_a_campaign_is_watched_to_its_end(testbed: Testbed, bring: Bring, page: Page) -> None:
    """Made, started, paused, resumed; at its end the page's figures are those of the journal."""
    bring("contact-lists", "spring", CONTACTS.read_bytes())
    bring("suppression-lists", "never", SUPPRESSION.read_bytes(), required=True)
    go(page, "#/campaigns")
    page.get_by_role("button", name="New campaign").click()
    page.get_by_label("Name").fill("Spring")
    page.get_by_label("Contact list").select_option("spring")
    page.get_by_role("button", name="Make it").click()

    expect(page.get_by_role("heading", name="Spring@Outbound agents")).to_be_visible()
    state = page.locator(".head [role=status]")
    expect(state).to_have_text("Not loaded")
    page.get_by_role("button", name="Start").click()
    expect(state).to_have_text("Running")
    page.get_by_role("button", name="Pause").click()
    expect(state).to_have_text("Paused")
    page.get_by_role("button", name="Resume").click()
    expect(state).to_have_text("Completed", timeout=90_000)
    expect(page.get_by_label("100 per cent of the records are done")).to_be_visible()

    told = [
        one.request["body"]
        for one in testbed.journal.exchanges(8, operation="POST /ocs/history")
        if one.request["body"]["GSW_HIST_SEQUENCE_NUM"] == 1 and one.request["body"].get("GSW_DIALING")
    ]
    results = [CallResult(int(one["GSW_CALL_RESULT"])) for one in told]
    blocked = testbed.journal.exchanges(8, operation="POST /ocs/validation", where=lambda one: not one.ok)
    assert figure(page, "Dialed") == len(results)
    assert figure(page, "Connected") == results.count(CallResult.ANSWER)
    assert figure(page, "Not allowed") == len(blocked) > 0
    assert figure(page, "Records left") == 0
    for result in {*results} - {CallResult.DO_NOT_CALL}:
        bar = page.locator(".bars li", has=page.get_by_text(result.label, exact=True))
        expect(bar.locator(".count")).to_have_text(f"{results.count(result):,}")


def test_what_one_tab_does_the_other_sees(testbed: Testbed, bring: Bring, page: Page) -> None:
    """New data by itself; signing out and in for both."""
    other = page.context.new_page()
    other.goto(page.url.partition("#")[0] + "#/lists")
    expect(other.get_by_text("No contact list yet.")).to_be_visible()
    bring("contact-lists", "spring", b"Device1\n+12025550143\n")
    expect(other.get_by_role("link", name="spring")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("dialog")).to_be_visible()
    expect(other.locator("main")).to_be_empty()
    sign_in(other, testbed.directory.credentials.gws_user.secret)
    expect(other.get_by_role("link", name="spring")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_session_that_ends_takes_nothing_with_it(testbed: Testbed, page: Page) -> None:
    """The door opens over the page; after it the call is made again, and what was typed is still there."""
    from redis import Redis

    go(page, "#/jobs")
    page.get_by_role("button", name="New job").click()
    page.get_by_label("Name").fill("nightly")
    page.get_by_label("File").fill("/in/leads.csv")
    page.get_by_label("List", exact=True).fill("spring")
    with Redis.from_url(testbed.env["CX_REDIS_URL"]) as redis:
        for key in redis.keys("*:session:*"):
            redis.delete(key)
    page.get_by_role("button", name="Make it").click()

    door = page.get_by_role("dialog", name="Sign in")
    expect(door).to_contain_text("Your session has ended. What you typed is still there.")
    sign_in(page, testbed.directory.credentials.gws_user.secret)
    expect(page.get_by_role("heading", name="nightly")).to_be_visible()
    expect(page.get_by_text("/in/leads.csv")).to_be_visible()


def test_names_and_rows_are_text_whatever_they_say(testbed: Testbed, api: Contact, bring: Bring, page: Page) -> None:
    """A name like markup, in every place where it is shown; the API would not let it in, so the database has it."""
    import psycopg

    bring("contact-lists", "spring", f'FirstName,Device1\nAda,+12025550143\n"{TRICK}",no\n'.encode())
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute("UPDATE cxc.contact_list SET name = %s", [TRICK])
        connection.execute("UPDATE cxc.import_run SET list_name = %s, file = %s", [TRICK, TRICK])
    api.post("/jobs", {"name": "trick", "action": "import-contacts", "path": f"/in/{TRICK}.csv", "list": "spring"})

    go(page, "#/lists")
    page.get_by_role("link", name=TRICK).click()
    expect(page.get_by_role("heading", name=TRICK)).to_be_visible()
    expect(page.locator("td code")).to_contain_text(TRICK)
    go(page, "#/jobs")
    expect(page.get_by_role("cell", name=TRICK)).to_be_visible()
    go(page, f"#/campaign/{TRICK}")
    expect(page.get_by_role("alert")).to_contain_text(TRICK)
    go(page, "#/import/contacts/")
    page.get_by_label("File").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"Device1\n1\n"})
    page.get_by_label("List", exact=True).fill(TRICK)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()

    assert page.evaluate("document.querySelectorAll('img[onerror], main img').length") == 0
    assert "caught" not in page.title()


def test_single_devices_are_suppressed_and_allowed_again(api: Contact, page: Page) -> None:
    go(page, "#/suppressed/CXContactSMSOptOut")
    page.get_by_label("Device or client id").fill("+12025550143")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("alert")).to_contain_text("is not on suppression list")
    page.get_by_role("button", name="Suppress").click()
    expect(page.get_by_text("is on the list, for ever.")).to_be_visible()
    assert api.get("/suppression-lists/CXContactSMSOptOut")["entries"] == 1
    page.get_by_role("button", name="Take it off").click()
    expect(page.get_by_text("is on the list no more.")).to_be_visible()
    assert api.get("/suppression-lists/CXContactSMSOptOut")["entries"] == 0


def test_rules_are_set_changed_and_removed(api: Contact, page: Page) -> None:
    """What the API does not take is said in the dialog, which stays open with what was typed."""
    go(page, "#/compliance")
    page.get_by_role("button", name="New rule").click()
    page.get_by_label("Name").fill("quiet")
    page.get_by_label("Kind").select_option("Locations")
    page.get_by_label("Rule", exact=True).fill('{"type": "location", "prefixes": ["+1305"]}')
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("code 652")
    page.get_by_label("Rule", exact=True).fill('{"type": "location", "prefixes": ["1305"]}')
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("row", name="quiet")).to_contain_text('prefixes: ["1305"]')
    assert api.get("/compliance-rules")["quiet"] == {"type": "location", "prefixes": ["1305"]}

    page.get_by_role("button", name="Remove quiet").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("No rule yet")).to_be_visible()
    assert api.get("/compliance-rules") == {}


def test_a_job_is_run_and_its_history_told(page: Page, api: Contact) -> None:
    """Nothing is on the server: the run failed, and says why."""
    api.post("/jobs", {"name": "nightly", "action": "import-contacts", "path": "/in/none.csv", "list": "spring"})
    go(page, "#/jobs")
    page.get_by_role("link", name="nightly").click()
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("tbody tr")).to_contain_text("failed")
    expect(page.locator("tbody tr")).to_contain_text("/in/none.csv")


def test_a_job_is_made_that_runs_again_and_again(page: Page, api: Contact) -> None:
    """What the chosen schedule needs is asked for, and nothing else."""
    go(page, "#/jobs")
    page.get_by_role("button", name="New job").click()
    page.get_by_label("Name").fill("every morning")
    page.get_by_label("File").fill("/in/leads-*.csv")
    page.get_by_label("List", exact=True).fill("spring")
    expect(page.get_by_label("Cron expression")).to_be_hidden()
    page.get_by_label("Runs").select_option("Again and again")
    page.get_by_label("Cron expression").fill("0 8 * * mon-fri")
    page.get_by_label("Time zone").fill("Europe/Paris")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("0 8 * * mon-fri, Europe/Paris")).to_be_visible()
    schedule = {"cron": "0 8 * * mon-fri", "timeZone": "Europe/Paris"}
    assert api.get("/jobs/every%20morning")["schedule"] == schedule


def test_a_campaign_is_made_by_a_template(page: Page, api: Contact, bring: Bring) -> None:
    """What the template says is not asked for."""
    bring("contact-lists", "spring", b"Device1\n+12025550143\n")
    api.post("/session-profiles", {"name": "lines"})
    profile = {"name": "progressive", "sessionProfile": "lines", "type": "agent", "dialMode": "progress"}
    api.post("/dialing-profiles", profile)
    api.post("/campaign-templates", {"name": "sales", "dialingProfile": "progressive"})
    go(page, "#/campaigns")
    page.get_by_role("button", name="New campaign").click()
    page.get_by_label("Name").fill("Spring")
    expect(page.get_by_label("Dialing mode")).to_be_visible()
    page.get_by_label("Campaign template").select_option("sales")
    expect(page.get_by_label("Dialing mode")).to_be_hidden()
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".facts", has_text="Progress")).to_contain_text("sales")


def test_long_tables_are_paged_sorted_and_filtered(testbed: Testbed, page: Page) -> None:
    """45 lists: the API gives the page that is looked at."""
    import psycopg

    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute(
            "INSERT INTO cxc.contact_list (name, table_name, contacts, devices, created) "
            "SELECT format('list %s', to_char(n, 'FM00')), format('cl_%s', n), 1000 - n, n, 1767225600 + n "
            "FROM generate_series(1, 45) n"
        )
    go(page, "#/lists")
    names = page.locator("tbody td:first-child")
    expect(names).to_have_count(20)
    expect(names.first).to_have_text("list 01")
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("21\u201340 of 45")).to_be_visible()
    contacts = page.get_by_role("columnheader", name="Contacts")
    contacts.get_by_role("button").click()
    expect(names.first).to_have_text("list 45")
    expect(contacts).to_have_attribute("aria-sort", "ascending")
    contacts.get_by_role("button").click()
    expect(names.first).to_have_text("list 01")
    expect(contacts).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Next page").click()
    page.get_by_role("button", name="Next page").click()
    expect(names).to_have_count(5)
    page.get_by_label("Filter: Contact lists").fill("list 3")
    expect(names).to_have_count(10)
    page.get_by_label("Filter: Contact lists").fill("nobody")
    expect(page.get_by_text("Nothing fits the filter.")).to_be_visible()


def test_what_fails_is_told_and_tried_again(page: Page) -> None:
    """A back end that is away; then it is back, and the page says so by itself."""
    refusal = {"status": {"code": 515, "message": "PostgreSQL does not answer.", "detail": "Is it running?"}}
    answering(page, "**/api/contact-lists?*", refusal | {"path": "/cx-contact/v3/contact-lists"}, status=503)
    go(page, "#/lists")
    expect(page.get_by_role("alert")).to_contain_text("PostgreSQL does not answer.")
    expect(page.get_by_role("alert")).to_contain_text("Is it running?")
    page.unroute("**/api/contact-lists?*")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("No contact list yet.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_everybody_can_use_it(api: Contact, bring: Bring, page: Page, scheme: Any, width: int) -> None:
    """Labels, names, roles, contrast, and nothing wider than the window, on every screen."""
    bring("contact-lists", "spring", CONTACTS.read_bytes())
    group = {"name": "Spring", "contactList": "spring", "group": "Outbound agents"}
    name = api.post("/campaign-groups", group)["name"]
    api.post("/jobs", {"name": "nightly", "action": "import-contacts", "path": "/in/none.csv", "list": "spring"})
    api.call("PUT", "/compliance-rules/quiet", {"type": "location", "prefixes": ["1305"]})
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    screens = ["", "lists", "list/spring", "suppression", "suppressed/CXContactSMSOptOut", "campaigns"]
    screens += [f"campaign/{name}", "jobs", "job/nightly", "compliance", "import/contacts", "import/suppression"]
    for screen in [*screens, "list/none"]:
        go(page, f"#/{screen}")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".nothing:visible", has_text="Loading")).to_have_count(0)
        assert (screen, page.evaluate(AUDIT)) == (screen, [])
    for screen, opens in (("compliance", "New rule"), ("campaigns", "New campaign"), ("jobs", "New job")):
        go(page, f"#/{screen}")
        page.get_by_role("button", name=opens).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert (opens, page.evaluate(AUDIT)) == (opens, [])
        page.keyboard.press("Escape")


def test_the_keyboard_is_enough(testbed: Testbed, door: Page) -> None:
    """From the door to a new rule, without a mouse."""
    expect(door.get_by_label("User")).to_be_focused()
    door.keyboard.type("supervisor")
    door.keyboard.press("Tab")
    door.keyboard.type(testbed.directory.credentials.gws_user.secret)
    door.keyboard.press("Enter")
    expect(door.get_by_role("heading", name="Overview")).to_be_visible()
    reach(door, "Compliance")
    door.keyboard.press("Enter")
    expect(door.get_by_role("heading", name="Compliance", exact=True)).to_be_visible()
    expect(door.locator("main")).to_be_focused()
    reach(door, "New rule")
    door.keyboard.press("Enter")
    expect(door.get_by_label("Name")).to_be_focused()
    door.keyboard.type("a rule")
    reach(door, "Set it")
    door.keyboard.press("Enter")
    expect(door.get_by_role("row", name="a rule")).to_be_visible()


def reach(page: Page, text: str) -> None:
    """Press Tab until what has the focus says ``text``."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"Tab does not lead to {text}")


def answering(page: Page, where: str, reply: dict[str, Any], status: int = 200) -> None:
    """Have the page's own origin answer so."""

    def answer(route: Route) -> None:
        route.fulfill(json=reply, status=status)

    page.route(where, answer)


# Who may only read


@pytest.fixture
def everything(testbed: Testbed, api: Contact, bring: Bring) -> list[str]:
    """One of everything; returns the addresses of all screens."""
    bring("contact-lists", "spring", b"Device1\n+12025550143\n")
    bring("suppression-lists", "never", b"Device\n+12025550144\n", required=True)
    wanted = {"name": "Spring", "contactList": "spring", "group": "Outbound agents"}
    api.post("/campaign-groups", wanted)
    api.post("/jobs", {"name": "nightly", "action": "import-contacts", "path": "/in/none.csv", "list": "spring"})
    api.call("PUT", "/compliance-rules/quiet", {"type": "location", "prefixes": ["1305"]})
    names = ("lists", "list/spring", "suppression", "suppressed/never", "campaigns", "campaign/Spring@Outbound agents")
    return ["#/", *(f"#/{name}" for name in names), "#/jobs", "#/job/nightly", "#/compliance", "#/import/contacts"]


def offered(page: Page, screens: list[str]) -> set[str]:
    """Return what the screens offer to do: the names of buttons, and of links that look like one."""
    found: set[str] = set()
    for screen in screens:
        go(page, screen)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator(".nothing:visible", has_text="Loading")).to_have_count(0)
        if screen == "#/suppressed/never":
            page.get_by_label("Device or client id").fill("+12025550144")
            page.get_by_role("button", name="Look up").click()
            expect(page.get_by_text("is on the list")).to_be_visible()
        if screen.startswith("#/campaign/"):
            expect(page.locator(".head [role=status]")).to_have_text("Not loaded")
        if screen == "#/compliance":
            expect(page.get_by_role("row", name="quiet")).to_be_visible()
        acts = page.locator("main button:not(.sort), main a.button").filter(visible=True)
        found |= {name.strip() for name in acts.all_inner_texts() if name.strip()}
    return found


READING = {"Look up", "Previous page", "Next page"}


def test_who_may_only_read_is_offered_nothing_else(testbed: Testbed, door: Page, everything: list[str]) -> None:
    """Each screen says why; a supervisor is offered all of it. CX Contact refuses it in any case."""
    known = testbed.part(Component.GWS).user_of_role_may_log_in("Ada", "ROLE_AGENT")
    sign_in(door, known["password"], known["username"])
    expect(door.get_by_text("You may only read")).to_be_visible()
    asked: list[str] = []
    door.on("request", lambda one: asked.append(one.method))

    reader = offered(door, everything)

    assert reader <= READING
    assert set(asked) == {"GET"}
    for screen in everything:
        go(door, screen)
        expect(door.get_by_text("You may only read: what would change something is not offered.")).to_be_visible()
    go(door, "#/import/contacts/spring")
    expect(door.get_by_label("File")).to_have_count(0)
    assert door.evaluate(AUDIT) == []
    door.get_by_role("button", name="Sign out").click()
    sign_in(door, testbed.directory.credentials.gws_user.secret)
    expect(door.get_by_label("File")).to_be_visible()
    expect(door.get_by_text("You may only read")).to_have_count(0)

    supervisor = offered(door, everything)

    assert supervisor - reader == {
        *("Import a file", "New campaign", "Export results", "Append a file", "Change", "Remove", "Suppress"),
        *("Take it off", "Start", "Load", "New job", "Run now", "New rule", "Fetch now", "Import"),
    }
