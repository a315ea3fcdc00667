"""Row 6: import and export files of contact and suppression lists lie on a network file share.

A share that many mount for reading and writing, on port 2049, is documented; NFS version 3 and all paths are assumed.
Procedures and status words are those of RFC 1813.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Evidence,
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
    stated,
    unseen,
)

SHARE = assumed("the chart has a read-write-many volume at port 2049; NFS version 3 and the paths are ours")
STATUS = assumed("the status words of RFC 1813; that the share is NFS version 3 is ours")

LEADS = "FirstName,Device1\r\nAda,+12025550143\r\n"
SAFE = "FILE_SYNC"
LONG = 4096
"""Bytes of a file that journals do not keep."""
MODE = regex("0[0-7]{3}", "0644")
NAMES = stated(["leads.csv"], each_like("leads.csv", min=0))
FILE = {"status": "OK", "type": "REGULAR", "size": stated(len(LEADS)), "mode": MODE}
FOLDER = {"status": "OK", "type": "DIRECTORY", "size": integer(4096), "mode": MODE}

PATH = "/import/leads.csv"
EMPTY_FILE = given("file {path} holds {text}", path=PATH, text="")
EMPTY_FOLDER = given("folder {path} is empty", path="/import")
THERE = given("file {path} holds {text}", path=PATH, text=LEADS)
PART = given("file {path} holds {text}", path="/import/leads.part", text=LEADS)
GONE = given("there is no file {path}", path="/import/gone.csv")


def contract() -> Row:
    """Return the contract."""
    row = Row(6)
    _mounting(row)
    _writing(row)
    _reading(row)
    _arranging(row)
    _refusals(row)
    return row


def call(
    row: Row,
    description: str,
    proc: str,
    path: str | Term,
    observed: dict[str, Any],
    *states: Given,
    evidence: Evidence = SHARE,
    **more: Any,
) -> None:
    """Add a promise about one call; ``more`` are its other arguments."""
    request = {"proc": proc, "path": like(path) if isinstance(path, str) else path, **more}
    row.operation(description, evidence, "nfs", request, observed, states=states)


def written(data: str) -> dict[str, Any]:
    """Return the arguments of a WRITE of short text."""
    return {"count": stated(len(data)), "text": stated(data)}


def _mounting(row: Row) -> None:
    call(row, "the share is mounted", "MNT", "/", {"status": "OK"})
    limits = {"status": "OK", "read_max": integer(1048576), "write_max": integer(1048576)}
    call(row, "the share tells how much it takes at once", "FSINFO", "/", limits)
    room = {name: integer(10**9) for name in ("total_bytes", "free_bytes", "available_bytes")}
    call(row, "the share tells how much room there is", "FSSTAT", "/", {"status": "OK", **room})
    call(row, "the share tells how long names may be", "PATHCONF", "/", {"status": "OK", "name_max": integer(255)})


def _writing(row: Row) -> None:
    absent = given("there is no file {path}", path=PATH)
    no_folder = given("there is no file {path}", path="/import")
    call(row, "a folder is made", "MKDIR", "/import", FOLDER, no_folder, new={"mode": MODE})
    new = {"status": "OK", "type": "REGULAR", "size": 0, "mode": MODE}
    call(row, "a file is made", "CREATE", PATH, new, absent, how="UNCHECKED", new={"size": 0})
    call(row, "a file that is there is made empty", "CREATE", PATH, new, THERE, how="UNCHECKED", new={"size": 0})
    call(
        row,
        "a file is written and is safe when the answer comes",
        "WRITE",
        PATH,
        {"status": "OK", "count": stated(len(LEADS)), "committed": SAFE},
        EMPTY_FILE,
        offset=integer(0),
        stable=SAFE,
        **written(LEADS),
    )
    call(
        row,
        "a long part of a file is written and is safe when the answer comes",
        "WRITE",
        PATH,
        {"status": "OK", "count": stated(LONG), "committed": SAFE},
        EMPTY_FILE,
        offset=integer(0),
        stable=SAFE,
        count=integer(LONG),
    )
    call(
        row, "what was written is made safe", "COMMIT", PATH, {"status": "OK"}, THERE, offset=stated(0), count=stated(0)
    )
    call(
        row,
        "a file is given its final name",
        "RENAME",
        "/import/leads.part",
        {"status": "OK"},
        PART,
        to=like(PATH),
    )
    call(row, "a file is given another mode", "SETATTR", PATH, {"status": "OK"}, THERE, new={"mode": MODE})


def _reading(row: Row) -> None:
    text = {"count": stated(len(LEADS)), "text": unseen(LEADS)}
    call(row, "a file is looked at", "GETATTR", PATH, FILE, THERE)
    call(row, "a folder is looked at", "GETATTR", "/import", FOLDER, EMPTY_FOLDER)
    call(row, "a file is found in its folder", "LOOKUP", PATH, FILE, THERE)
    call(row, "a folder is found", "LOOKUP", "/import", FOLDER, EMPTY_FOLDER)
    call(
        row,
        "what one may do with a file",
        "ACCESS",
        PATH,
        {"status": "OK", "rights": stated(["READ", "MODIFY", "EXTEND"], each_like("READ", min=0))},
        THERE,
        rights=stated(["READ", "MODIFY", "EXTEND"], each_like("READ")),
    )
    call(
        row,
        "a file is read to its end",
        "READ",
        PATH,
        {"status": "OK", "eof": True, **text},
        THERE,
        offset=stated(0),
        count=integer(65536),
    )
    call(
        row,
        "a part of a file is read",
        "READ",
        PATH,
        {"status": "OK", "eof": False, "count": stated(3), "text": unseen("Ada")},
        THERE,
        offset=integer(19),
        count=integer(3),
    )
    call(
        row,
        "beyond the end of a file is nothing",
        "READ",
        PATH,
        {"status": "OK", "eof": True, "count": 0, "text": ""},
        THERE,
        offset=integer(len(LEADS)),
        count=integer(65536),
    )
    listed = {"status": "OK", "entries": NAMES, "count": stated(1), "eof": True}
    call(row, "a folder is listed", "READDIR", "/import", listed, EMPTY_FOLDER, THERE, cookie=stated(0))
    known = "a folder is listed with what is known of each file"
    call(row, known, "READDIRPLUS", "/import", listed, EMPTY_FOLDER, THERE, cookie=stated(0))


def _arranging(row: Row) -> None:
    call(row, "a file is removed", "REMOVE", PATH, {"status": "OK"}, THERE)
    call(row, "an empty folder is removed", "RMDIR", "/import", {"status": "OK"}, EMPTY_FOLDER)


def _refusals(row: Row) -> None:
    def refuse(description: str, status: str | Term, proc: str, path: str, *states: Given, **more: Any) -> None:
        call(row, description, proc, path, {"status": status}, *states, evidence=STATUS, **more)

    gone = "/import/gone.csv"
    making = {"how": "UNCHECKED", "new": {"size": 0}}
    refuse("what is not exported is not mounted", one_of("NOENT", "ACCES"), "MNT", "/nowhere")
    refuse("a file that is not there is not found", "NOENT", "LOOKUP", gone, GONE)
    refuse("a file that is not there is not renamed", "NOENT", "RENAME", gone, GONE, to=like(PATH))
    refuse("a file that is not there is not removed", "NOENT", "REMOVE", gone, GONE)
    refuse("a folder that is not there is not removed", "NOENT", "RMDIR", gone, GONE)
    refuse("a folder that is there is not made again", "EXIST", "MKDIR", "/import", EMPTY_FOLDER, new={"mode": MODE})
    refuse(
        "a folder that is not empty is not removed",
        one_of("NOTEMPTY", "EXIST"),
        "RMDIR",
        "/import",
        EMPTY_FOLDER,
        THERE,
    )
    refuse("a file is no folder to be removed", "NOTDIR", "RMDIR", PATH, THERE)
    refuse("a file is no folder to be listed", "NOTDIR", "READDIR", PATH, THERE, cookie=stated(0))
    refuse(
        "a folder is no file to be read",
        one_of("ISDIR", "INVAL"),
        "READ",
        "/import",
        EMPTY_FOLDER,
        offset=integer(0),
        count=integer(9),
    )
    beyond = {"offset": integer(len(LEADS)), "stable": SAFE, **written(LEADS)}
    full, read_only = given("the share has room for {size} bytes", size=0), given("the share is read-only")
    refuse("a full share takes nothing more", one_of("NOSPC", "DQUOT"), "WRITE", PATH, THERE, full, **beyond)
    refuse(
        "a full share takes no long part",
        one_of("NOSPC", "DQUOT"),
        "WRITE",
        PATH,
        THERE,
        full,
        offset=integer(0),
        stable=SAFE,
        count=integer(LONG),
    )
    refuse("a read-only share takes nothing", "ROFS", "WRITE", PATH, THERE, read_only, **beyond)
    refuse("on a read-only share no file is made", "ROFS", "CREATE", gone, GONE, read_only, **making)
    refuse("on a read-only share nothing is removed", "ROFS", "REMOVE", PATH, THERE, read_only)
    refuse("on a read-only share nothing is renamed", "ROFS", "RENAME", PATH, THERE, read_only, to=like(gone))
    refuse("on a read-only share no folder is made", "ROFS", "MKDIR", "/import", GONE, read_only, new={"mode": MODE})
