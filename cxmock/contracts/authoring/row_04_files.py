"""Row 4, files: what the page has List Manager and List Builder do with them. All of it is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    boolean,
    given,
    integer,
    like,
    not_empty,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.contact import API, IMPORTED, done, refused
from cxmock.contracts.authoring.row_04_page import call
from cxmock.topology import Component

LEADS = "FirstName,Device1\nAda,+12025550143\n"
FILE = regex(f"{API}/files/(import|export|rejects)/[^/]+", f"{API}/files/import/leads.csv")
HAS_FILE = given("CX Contact has file {file} with {text}", file="import/leads.csv", text=LEADS)
SUMMERS_LIST = given("CX Contact has contact list {name} of {text}", name="Summer", text=f"{LEADS}Eve,nobody\n")


def add_to(row: Row) -> None:
    """Add the promises."""
    _list_manager(row)
    _imports(row)
    _suppressed(row)
    _list_builder(row)


def _list_manager(row: Row) -> None:
    who = Component.LIST_MANAGER

    def chunk(offset: Any, last: str) -> Ask:
        query = {"offset": offset, "last": last}
        return Ask("PUT", FILE, query=query, headers={"Content-Type": "application/octet-stream"})

    taken = {"file": regex("(import|export|rejects)/.+", "import/leads.csv"), "size": integer(0)}
    place = regex(r"\d{1,15}", "0")
    call(row, who, "a chunk of a file is taken", chunk(place, "false"), done({**taken, "whole": False}))
    call(row, who, "a file's last chunk is taken", chunk(place, "true"), done({**taken, "whole": True}))
    astray = chunk(like("the end"), "true")
    call(row, who, "a chunk that belongs nowhere is refused", astray, refused(400, 652))
    some, none = (Ask("GET", FILE, query={"offset": regex(r"\d{1,15}", place)}) for place in ("0", "4096"))
    call(row, who, "a file is given", some, Answer(200, headers={"Content-Type": "application/octet-stream"}), HAS_FILE)
    call(row, who, "behind a file's end there is nothing", none, Answer(200, text=""), HAS_FILE)


def _imports(row: Row) -> None:
    who, lists = Component.LIST_BUILDER, f"{API}/contact-lists"
    told = {**IMPORTED, "file": like("import/leads.csv")}
    wanted = {"name": like("Autumn"), "file": regex("import/.+", "import/leads.csv")}
    options = {"country": like("GB"), "timeZone": like("Europe/London"), "encoding": like("UTF-8")}

    def imported(what: str, name: str, order: Mapping[str, Any], *states: Given) -> None:
        ask = Ask("POST", lists, json={**wanted, "name": like(name), **order})
        call(row, who, f"a file is {what}", ask, done({**told, "name": stated(name)}), *states)

    imported("imported", "Autumn", {}, HAS_FILE)
    for name, value in options.items():
        imported(f"imported with its {name}", f"Autumn {name}", {name: value}, HAS_FILE)
    imported("imported with all that can be said", "Autumn in full", options, HAS_FILE)
    winters = given("CX Contact has contact list {name} of {text}", name="Winter", text=LEADS)
    others = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device1\n+12025550144\n")
    for mode in ("append", "update", "replace"):
        imported(f"imported by {mode}", "Winter", {"mode": mode}, winters, others)

    def not_imported(what: str, order: Mapping[str, Any], answer: Answer, *states: Given) -> None:
        call(row, who, f"a file {what} is not imported", Ask("POST", lists, json={**wanted, **order}), answer, *states)

    again = {"name": like("Winter")}
    not_imported("as a contact list that there is", again, refused(409, 609), winters, HAS_FILE)
    mars = {"timeZone": like("Mars/Base")}
    not_imported("with a time zone that is none", mars, refused(400, 652), HAS_FILE)
    rejects = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device1\nnobody\n")
    nobody = {"name": like("Nobody")}
    not_imported("of nothing but rejects", nobody, refused(400, 652), rejects)
    abroad = {**nobody, "country": like("GB")}
    not_imported("of nothing but rejects of another country", abroad, refused(400, 652), rejects)

    ask = Ask("GET", regex(f"{lists}/[^/]+/imports", f"{lists}/August/imports"))
    august = given("CX Contact has contact list {name} of {text}", name="August", text=LEADS)
    far = {"status": stated("done", one_of("done", "running", "failed")), "lines": integer(2), "imported": integer(1)}
    call(row, who, "how far imports are", ask, done(stated([far], like([]))), august)


def _suppressed(row: Row) -> None:
    who = Component.LIST_BUILDER
    entries = given("CX Contact has file {file} with {text}", file="import/leads.csv", text="Device\n+12025550143\n")
    held: dict[str, Any] = {"name": stated("Autumn"), "entries": integer(1), "size": integer(1), "rejected": integer(0)}
    held |= {"type": "Device", "rejects": like([]), "rejectsFile": like("")}
    order = {"name": like("Autumn"), "file": regex("import/.+", "import/leads.csv"), "type": like("Device")}
    for what, more in (
        ("", {}),
        (" for one channel", {"channel": one_of("sms", "voice", "email")}),
        (" of one country", {"country": like("US")}),
    ):
        asked = Ask("POST", f"{API}/suppression-lists", json={**order, "required": boolean(False), **more})
        call(row, who, f"a file of devices{what} is suppressed", asked, done(held), entries)


def _list_builder(row: Row) -> None:
    who, lists = Component.LIST_BUILDER, f"{API}/contact-lists"
    one = regex(f"{lists}/[^/]+", f"{lists}/July")
    july = given("CX Contact has contact list {name} of {text}", name="July", text=f"{LEADS}Eve,nobody\n")
    about = {"name": stated("July"), "contacts": stated(1), "devices": stated(1), "rejected": stated(1)}
    call(row, who, "how large a contact list is", Ask("GET", one), done(about), july)
    line = {"line": 3, "reason": not_empty("why"), "content": "Eve,nobody", "file": like("import/leads.csv")}
    lines = Ask("GET", regex(f"{lists}/[^/]+/rejects", f"{lists}/Summer/rejects"))
    call(row, who, "which lines were rejected, and why", lines, done(stated([line], like([]))), SUMMERS_LIST)
    path = regex(f"{lists}/[^/]+/export", f"{lists}/Summer/export")
    export = Ask("POST", path, json={"file": regex("export/.+", "export/Summer.csv")})
    written = {"name": stated("Summer"), "file": regex("export/.+", "export/Summer.csv")}
    written |= {"records": integer(1), "size": integer(200)}
    call(row, who, "a contact list's results are exported", export, done(written), SUMMERS_LIST)
    fetched = {"version": not_empty("9.0.43"), "changed": boolean(True), "problem": ""}
    call(row, who, "compliance data are fetched", Ask("POST", f"{API}/compliance-data", json={}), done(fetched))
