"""Row 1, import and export: files of every kind, what becomes of a list, the objects that say how, and what is refused.

The formats, modes and rules, that a file is rejected row by row, and that an encrypted file makes a secured list are
documented; paths, fields and limits are assumed but for those of the contact's fields.
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
    documented,
    each_like,
    given,
    integer,
    like,
    not_empty,
    null_or,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.contact import API, IMPORTED, LOGGED_IN, WITH_SESSION, done, page, refused

CALLS = assumed("the API's paths, bodies and refusals are not public")
FIELDS = documented("the guide: a contact has ten devices, and 64 characters each of name, company and client id")
LISTS, FILES = f"{API}/contact-lists", f"{API}/files"
ADA = "ClientID,FirstName,Device1,Country\nC-1,Ada,+12025550143,US\n"
MIXED = f"{ADA}C-2,Bea,+442079460018,GB\nC-3,Cleo,nobody,US\n"
PIPED = ADA.replace(",", "|")
FILE = regex("import/.+", "import/leads.csv")
HAS_LIST = given("CX Contact has contact list {name} of {text}", name="Summer", text=ADA)
NO_LIST = given("CX Contact has no contact list {name}", name="Summer")
BRITISH = {"field": "Country", "operator": "equals", "value": "GB"}
COLUMNS = [{"heading": "Nummer", "field": "ClientID"}, {"heading": "Mobil", "field": "Device1"}]
KINDS: dict[str, dict[str, Any]] = {
    "data-mapping-schemas": {"columns": COLUMNS},
    "selection-rules": {"condition": BRITISH},
    "filtering-rules": {"condition": BRITISH},
    "upload-rules": {"by": "field", "field": "Country"},
}
"""The kinds of objects that say how a file is imported, and one of each."""
WRONG: dict[str, tuple[str, dict[str, Any], int]] = {
    "data-mapping-schemas": ("of a field that there is not", {"columns": [{"position": 1, "field": "Shoe"}]}, 652),
    "selection-rules": ("that is code", {"condition": "Country == 'GB'"}, 652),
    "filtering-rules": ("without a condition", {}, 651),
    "upload-rules": ("by luck", {"by": "luck"}, 652),
}
"""What none of them may be, and the code that says so."""


def about_imports(row: Row) -> None:
    """Add the promises."""
    _files(row)
    _imports(row)
    _removed(row)
    _jobs(row)
    _refused_requests(row)
    _refused_files(row)
    _objects(row)
    _keys(row)
    _exports(row)


def holds(text: str, file: str = "import/leads.csv") -> Given:
    """Return the state in which a file is on the share."""
    return given("CX Contact has file {file} with {text}", file=file, text=text)


def _call(row: Row, description: str, ask: Ask, answer: Answer, *states: Given, evidence: Any = CALLS) -> None:
    row.http(description, evidence, replace(ask, headers=WITH_SESSION), answer, states=[LOGGED_IN, *states])


def _told(**known: Any) -> Answer:
    """Return what is told of an import; what follows from the file may be said."""
    counts = dict.fromkeys(("contacts", "devices", "rejected", "duplicates", "skipped", "updated", "rows"), 0)
    counts |= {"contacts": 1, "devices": 1, "rows": 1} | known
    return done(
        {
            **IMPORTED,
            "name": stated("Summer"),
            "file": FILE,
            **{name: stated(count) for name, count in counts.items()},
        }
    )


def _order(**more: Any) -> Ask:
    return Ask("POST", LISTS, json={"name": like("Summer"), "file": FILE, **more})


def _object(kind: str, name: str) -> Given:
    return given("CX Contact has {kind} {name} with {fields}", kind=kind, name=name, fields=KINDS[kind])


def _files(row: Row) -> None:
    spc = "[file]\nformat = fixed\n[fields]\nClientID = 1-4\nDevice1 = 5-20\n"
    put = Ask("PUT", f"{FILES}/specifications/leads.spc", text=like(spc), content_type="application/octet-stream")
    taken = {"file": "specifications/leads.spc", "size": len(spc), "whole": True}
    _call(row, "a specification file is uploaded", put, done(taken))
    there = holds(spc, "specifications/leads.spc")
    listed = done(stated(each_like({"name": like("leads.spc"), "size": integer(80)}), like([])))
    _call(row, "the specification files are listed", Ask("GET", f"{FILES}/specifications"), listed, there)
    fixed = holds("C-1 +12025550143    \n", "import/leads.txt")
    ask = Ask("POST", LISTS, json={"name": like("Summer"), "file": regex("import/.+", "import/leads.txt")})
    ask = replace(ask, json={**ask.json, "specification": like("leads.spc")})
    _call(row, "fields at fixed positions are imported by a specification", ask, _told(), there, fixed, NO_LIST)
    broken = holds("[file]\nformat = excel\n", "specifications/leads.spc")
    description = "a specification that cannot be used is refused"
    _call(row, description, ask, refused(400, 652), broken, fixed, NO_LIST)


def _imports(row: Row) -> None:
    file, mixed = holds(ADA), holds(MIXED)
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("", {}),
        (", where numbers are of another country", {"country": regex("[A-Z]{2}", "GB")}),
        (" in an encoding that is said", {"encoding": one_of("UTF-8", "ISO-8859-1", "Windows-1252")}),
        (", with the account's time zone", {"timeZone": regex("[A-Z].+", "Europe/Paris")}),
        (", as a new list", {"mode": "create"}),
        (" where duplicates are by client alone", {"duplicatesBy": like(["ClientID"])}),
        (" whose rows all have to be good", {"maxRejects": integer(0), "maxRejectPercent": 0}),
    )
    for what, fields in ways:
        _call(row, f"a contact file is imported{what}", _order(**fields), _told(), file, NO_LIST)
    counted = _told(contacts=2, devices=2, rejected=1, rows=3)
    _call(row, "good rows are imported and bad ones told", _order(maxRejects=integer(1)), counted, mixed, NO_LIST)
    piped = _order(delimiter=one_of("comma", "pipe", "colon", "tab", "semicolon"))
    piped = replace(piped, json={**piped.json, "delimiter": stated("pipe", piped.json["delimiter"])})
    _call(row, "a file with another delimiter is imported", piped, _told(), holds(PIPED), NO_LIST)
    _call(row, "the header tells the delimiter", _order(), _told(), holds(PIPED), NO_LIST)
    mapped = holds("Nummer;Mobil\nC-1;+12025550143\n")
    schema = _object("data-mapping-schemas", "German")
    _call(row, "columns are mapped", _order(mapping=like("German")), _told(), mapped, schema, NO_LIST)
    chosen = _told(contacts=1, devices=1, rejected=0, skipped=2, rows=3)
    rule = _object("selection-rules", "British")
    _call(row, "only selected rows are imported", _order(selectionRule=like("British")), chosen, mixed, rule, NO_LIST)
    filtered = _told(contacts=1, devices=1, rejected=1, skipped=1, rows=3)
    rule = _object("filtering-rules", "British")
    _call(row, "filtered rows are left out", _order(filteringRule=like("British")), filtered, mixed, rule, NO_LIST)
    rule = _object("upload-rules", "by country")
    no_parts = [given("CX Contact has no contact list {name}", name=f"Summer {part}") for part in ("US", "GB")]
    split = _order(uploadRule=like("by country"))
    _call(row, "a file becomes several lists", split, counted, mixed, rule, *no_parts)
    more = holds(ADA.replace("C-1", "C-9").replace("0143", "0149"))
    for word, value in (("append", True), ("mode", "append")):
        _call(row, f"contacts are added to a list: {word}", _order(**{word: value}), _told(), HAS_LIST, more)
    twice = refused(400, 652)
    _call(row, "who is in a list is not added again", _order(mode="append"), twice, HAS_LIST, file)
    changed = holds(ADA.replace("Ada", "Adele"))
    _call(row, "who is in a list is changed", _order(mode="update"), _told(updated=1), HAS_LIST, changed)
    _call(row, "the contacts of a list are replaced", _order(mode="replace"), _told(), HAS_LIST, more)
    begun = done({"name": stated("Summer"), "file": FILE, "import": integer(1)}, status=202, code=1)
    _call(row, "an import that nobody waits for is begun", _order(wait=False), begun, file, NO_LIST)
    run = {
        "id": integer(1),
        "file": FILE,
        "status": one_of("running", "done", "failed"),
        "reason": like(""),
        "began": integer(1767225600),
        "ended": null_or(integer(1767225600)),
        **{name: integer(1) for name in ("lines", "imported", "duplicates", "rejected")},
    }
    done_run = {**run, "status": stated("done", run["status"]), "imported": stated(1), "lines": stated(2)}
    ask = Ask("GET", regex(f"{LISTS}/[^/]+/imports", f"{LISTS}/Summer/imports"))
    imports = stated(each_like(done_run), each_like(run, min=0))
    _call(row, "the imports of a list are told", ask, done(imports), HAS_LIST)


def _jobs(row: Row) -> None:
    job = {"name": like("nightly"), "action": "import-contacts", "path": like("/in/leads.csv"), "list": like("Summer")}
    none = given("CX Contact has no job {name}", name="nightly")
    how = {"mode": "update", "mapping": "German"}
    ask = Ask("POST", f"{API}/jobs", json={**job, "options": like(how)})
    told = done({"name": stated("nightly"), "options": stated(how, like(how))}, status=201)
    _call(row, "a job says how its files are imported", ask, told, none)
    own = Ask("POST", f"{API}/jobs", json={**job, "options": {"name": "Spring"}})
    _call(row, "a job does not say twice what it imports into", own, refused(400, 652), none)


def _removed(row: Row) -> None:
    place = regex(f"{LISTS}/[^/]+", f"{LISTS}/Summer")
    _call(row, "a contact list is removed", Ask("DELETE", place), done(), HAS_LIST)
    _call(row, "a contact list that nobody made is not removed", Ask("DELETE", place), refused(404, 604), NO_LIST)


def _refused_requests(row: Row) -> None:
    file = holds(ADA)
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("without a name", {"name": ""}, 651),
        ("of a name that is too long", {"name": "n" * 65}, 652),
        ("of a name that is a number", {"name": 7}, 652),
        ("of no file", {"file": ""}, 651),
        ("of a file elsewhere", {"file": "etc/passwd"}, 652),
        ("of a path out of its folder", {"file": "import/../x"}, 652),
        ("in an unknown mode", {"mode": "merge"}, 652),
        ("in two modes", {"mode": "update", "append": True}, 652),
        ("in an unknown encoding", {"encoding": "KOI8-R"}, 652),
        ("of an unknown country", {"country": "XX"}, 652),
        ("in an unknown time zone", {"timeZone": "Mars/Base"}, 652),
        ("with an unknown delimiter", {"delimiter": "dot"}, 652),
        ("with a limit below none", {"maxRejects": -1}, 652),
        ("with a limit above all", {"maxRejectPercent": 101}, 652),
        ("with duplicates by what is no such thing", {"duplicatesBy": ["Shoe"]}, 652),
        ("that updates whom nothing tells", {"mode": "update", "duplicatesBy": []}, 652),
        ("with a field that there is not", {"shoe": 42}, 652),
    )
    for what, more, code in wrong:
        _call(row, f"an import {what} is refused", _order(**more), refused(400, code), file)
    nobodys: tuple[tuple[str, dict[str, Any]], ...] = (
        ("mapping", {"mapping": like("nobody's")}),
        ("specification", {"specification": like("nobodys.spc")}),
        ("selection rule", {"selectionRule": like("nobody's")}),
        ("filtering rule", {"filteringRule": like("nobody's")}),
        ("upload rule", {"uploadRule": like("nobody's")}),
        ("PGP key", {"pgpKey": like("nobody's")}),
    )
    for what, more in nobodys:
        _call(row, f"an import by a {what} that nobody made is refused", _order(**more), refused(404, 604), file)
    gone = given("CX Contact has no file {file}", file="import/leads.csv")
    _call(row, "a file that is not there is not imported", _order(), refused(404, 604), gone, NO_LIST)
    _call(row, "a list that is there is not made again", _order(), refused(409, 609), HAS_LIST, file)
    for mode in ("append", "update", "replace"):
        description = f"a list that is not there has nothing to {mode}"
        _call(row, description, _order(mode=mode), refused(404, 604), NO_LIST, file)
    rule = _object("upload-rules", "by country")
    both = _order(uploadRule=like("by country"), mode="append")
    _call(row, "lists that are there are not split into", both, refused(400, 652), HAS_LIST, file, rule)


def _refused_files(row: Row) -> None:
    for what, text in (
        ("with nothing in it", ""),
        ("with a header and nothing else", "ClientID,Device1\n"),
        ("without a Device column", "ClientID,Name\nC-1,Ada\n"),
        ("with one field in two columns", "Device1,ClientID,Client ID\n+12025550143,1,2\n"),
        ("of bad rows only", "Device1\nnobody\n"),
        ("with a NUL in it", "Device1\n+1202\x005550143\n"),
        ("whose header has an open quote", '"ClientID,Device1\nC-1,+12025550143\n'),
        ("that is no whole archive", "PK\x03\x04 and so on"),
        ("that is encrypted while no key is named", "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"),
        ("with one very long line", "x" * 70_000),
    ):
        _call(row, f"a file {what} is refused", _order(), refused(400, 652), holds(text), NO_LIST)
    for what, text in (
        ("with an eleventh device", "Device1,Device11\n+12025550143,+12025550144\n"),
        ("whose client id is too long", f"ClientID,Device1\n{'C' * 65},+12025550143\n"),
    ):
        _call(row, f"a file {what} is refused", _order(), refused(400, 652), holds(text), NO_LIST, evidence=FIELDS)
    for what, limit in (("rows", {"maxRejects": 0}), ("percent of rows", {"maxRejectPercent": 10})):
        description = f"a file of which too many {what} are bad is refused"
        _call(row, description, _order(**limit), refused(400, 652), holds(MIXED), NO_LIST)
    wrong = _order(delimiter="pipe")
    _call(row, "a file with another delimiter than was said is refused", wrong, refused(400, 652), holds(ADA), NO_LIST)


def _objects(row: Row) -> None:
    for kind, fields in KINDS.items():
        path, one, name = f"{API}/{kind}", kind.replace("-", " ")[:-1], "Spring"
        a = "an" if one.startswith("u") else "a"
        asked = {field: value if field == "by" else like(value) for field, value in fields.items()}
        place = regex(f"{path}/[^/]+", f"{path}/{name}")
        there, none = _object(kind, name), given("CX Contact has no {kind} {name}", kind=kind, name=name)
        told = {"name": stated(name), "version": integer(1), "created": integer(1767225600), "description": like("")}
        make = Ask("POST", path, json={"name": like(name), **asked})
        _call(row, f"{a} {one} is made", make, done({**told, **asked}, status=201), none)
        _call(row, f"{a} {one} of that name is there already", make, refused(409, 609), there)
        _call(row, f"{a} {one} is told", Ask("GET", place), done(told), there)
        _call(row, f"the {one}s are listed", Ask("GET", path), page(stated(each_like(told), like([]))), there)
        _call(row, f"{a} {one} is set anew", Ask("PUT", place, json=asked), done(told), there)
        _call(row, f"{a} {one} is removed", Ask("DELETE", place), done(), there)
        _call(row, f"{a} {one} that nobody made is not found", Ask("GET", place), refused(404, 604), none)
        what, wrong, code = WRONG[kind]
        ask = Ask("POST", path, json={"name": like(name), **wrong})
        _call(row, f"{a} {one} {what} is not made", ask, refused(400, code), none)


def _keys(row: Row) -> None:
    keys = f"{API}/pgp-keys"
    listed = like([])
    _call(row, "the PGP keys are listed", Ask("GET", keys), page(listed))
    none = given("CX Contact has no {kind} {name}", kind="pgp-keys", name="lists")
    wrong = Ask("POST", keys, json={"name": like("lists"), "key": "nonsense"})
    _call(row, "what is no PGP key is refused", wrong, refused(400, 652), none)
    missing = Ask("POST", keys, json={"name": like("lists")})
    _call(row, "a PGP key without the key is refused", missing, refused(400, 651), none)
    gone = Ask("DELETE", regex(f"{keys}/[^/]+", f"{keys}/lists"))
    _call(row, "a PGP key that nobody gave is not removed", gone, refused(404, 604), none)


def _exports(row: Row) -> None:
    path = regex(f"{LISTS}/[^/]+/export", f"{LISTS}/Summer/export")
    file = {"file": regex("export/.+", "export/leads.csv")}
    written = done({"name": stated("Summer"), **file, "records": stated(1), "size": integer(200)})
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("results are", {}),
        ("contacts are", {"what": "contacts"}),
        ("some columns are", {"columns": like(["ClientID", "Device", "CallResultName"])}),
        ("results without a header are", {"header": False}),
        ("results with another delimiter are", {"format": "txt", "delimiter": one_of("pipe", "tab", "semicolon")}),
        ("results by call result are", {"callResults": like([28])}),
    )
    for what, more in ways:
        _call(row, f"{what} exported", Ask("POST", path, json={**file, **more}), written, HAS_LIST)
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("of a column that there is not", {"columns": ["Shoe"]}, 652),
        ("of what is no call result", {"callResults": ["7) OR (1=1"]}, 652),
        ("of an unknown kind", {"what": "secrets"}, 652),
        ("to no file", {"file": ""}, 651),
        ("to a file elsewhere", {"file": "etc/passwd"}, 652),
    )
    for what, more, code in wrong:
        ask = Ask("POST", path, json={**file, **more})
        _call(row, f"an export {what} is refused", ask, refused(400, code), HAS_LIST)
    nobodys = Ask("POST", path, json=file)
    _call(row, "a list that nobody made is not exported", nobodys, refused(404, 604), NO_LIST)
    rejects = given("CX Contact has contact list {name} of {text}", name="Summer", text=MIXED)
    ask = Ask("GET", f"{FILES}/rejects/Summer.csv")
    told = Answer(200, text=not_empty("Line,Reason,Row\n"), content_type="application/octet-stream")
    _call(row, "the rejected rows are downloaded", ask, told, rejects)
