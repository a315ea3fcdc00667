"""Row 6: import and export files of contact and suppression lists lie on a network file share.

A share that many mount for reading and writing, on port 2049, is documented; NFS version 3 and all paths are assumed.
Procedures and status words are those of RFC 1813.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, given, integer, like, one_of, regex

SHARE = assumed("the chart has a read-write-many volume at port 2049; NFS version 3 and the paths are ours")
STATUS = assumed("the status words of RFC 1813; that the share is NFS version 3 is ours")

LEADS = "FirstName,Device1\r\nAda,+12025550143\r\n"
MODE = regex("0[0-7]{3}", "0644")


def contract() -> Row:
    """Return the contract."""
    row = Row(6)
    _writing(row)
    _reading(row)
    _refusals(row)
    return row


def _writing(row: Row) -> None:
    row.operation(
        "a folder is made",
        SHARE,
        "nfs",
        {"proc": "MKDIR", "path": like("/import")},
        {"status": "OK", "type": "DIRECTORY", "size": integer(4096), "mode": MODE},
        states=[given("there is no file {path}", path="/import")],
    )
    row.operation(
        "a file is made",
        SHARE,
        "nfs",
        {"proc": "CREATE", "path": like("/import/leads.csv"), "how": "UNCHECKED", "new": {"size": 0}},
        {"status": "OK", "type": "REGULAR", "size": 0, "mode": MODE},
        states=[given("there is no file {path}", path="/import/leads.csv")],
    )
    row.operation(
        "a file is written and is safe when the answer comes",
        SHARE,
        "nfs",
        {"proc": "WRITE", "path": like("/import/leads.csv"), "offset": 0, "text": LEADS, "stable": "FILE_SYNC"},
        {"status": "OK", "count": len(LEADS), "committed": "FILE_SYNC"},
        states=[given("file {path} holds {text}", path="/import/leads.csv", text="")],
    )
    row.operation(
        "a file is given its final name",
        SHARE,
        "nfs",
        {"proc": "RENAME", "path": like("/import/leads.part"), "to": like("/import/leads.csv")},
        {"status": "OK"},
        states=[given("file {path} holds {text}", path="/import/leads.part", text=LEADS)],
    )
    row.operation(
        "a file is removed",
        SHARE,
        "nfs",
        {"proc": "REMOVE", "path": like("/import/leads.csv")},
        {"status": "OK"},
        states=[given("file {path} holds {text}", path="/import/leads.csv", text=LEADS)],
    )


def _reading(row: Row) -> None:
    there = given("file {path} holds {text}", path="/import/leads.csv", text=LEADS)
    row.operation(
        "a file is looked at",
        SHARE,
        "nfs",
        {"proc": "GETATTR", "path": like("/import/leads.csv")},
        {"status": "OK", "type": "REGULAR", "size": len(LEADS), "mode": MODE},
        states=[there],
    )
    row.operation(
        "a file is found in its folder",
        SHARE,
        "nfs",
        {"proc": "LOOKUP", "path": like("/import/leads.csv")},
        {"status": "OK", "type": "REGULAR", "size": len(LEADS), "mode": MODE},
        states=[there],
    )
    row.operation(
        "a file is read to its end",
        SHARE,
        "nfs",
        {"proc": "READ", "path": like("/import/leads.csv"), "offset": 0, "count": integer(65536)},
        {"status": "OK", "count": len(LEADS), "eof": True, "text": LEADS},
        states=[there],
    )
    row.operation(
        "a part of a file is read",
        SHARE,
        "nfs",
        {"proc": "READ", "path": like("/import/leads.csv"), "offset": integer(19), "count": integer(3)},
        {"status": "OK", "count": 3, "eof": False, "text": "Ada"},
        states=[there],
    )
    row.operation(
        "a folder is listed",
        SHARE,
        "nfs",
        {"proc": "READDIRPLUS", "path": like("/import")},
        {"status": "OK", "entries": ["leads.csv"], "count": 1, "eof": True},
        states=[given("folder {path} is empty", path="/import"), there],
    )


def _refusals(row: Row) -> None:
    there = given("file {path} holds {text}", path="/import/leads.csv", text=LEADS)
    writing = {"proc": "WRITE", "path": like("/import/leads.csv"), "offset": integer(len(LEADS)), "text": LEADS}
    row.operation(
        "a file that is not there is not found",
        STATUS,
        "nfs",
        {"proc": "LOOKUP", "path": like("/import/gone.csv")},
        {"status": "NOENT"},
        states=[given("there is no file {path}", path="/import/gone.csv")],
    )
    row.operation(
        "a folder that is there is not made again",
        STATUS,
        "nfs",
        {"proc": "MKDIR", "path": like("/import")},
        {"status": "EXIST"},
        states=[given("folder {path} is empty", path="/import")],
    )
    row.operation(
        "a full share takes nothing more",
        STATUS,
        "nfs",
        writing,
        {"status": one_of("NOSPC", "DQUOT")},
        states=[there, given("the share has room for {size} bytes", size=0)],
    )
    row.operation(
        "a read-only share takes nothing",
        STATUS,
        "nfs",
        writing,
        {"status": "ROFS"},
        states=[there, given("the share is read-only")],
    )
