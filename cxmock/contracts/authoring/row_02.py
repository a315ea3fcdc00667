"""Row 2: Job Scheduler logs in at a customer's file server, fetches lists and brings exports.

That it does, over SSH and FTP, with credentials of the customer, is documented; which operations it uses is assumed.
Errors have the names of SFTP version 3 over both protocols.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cxmock.contracts.authoring import (
    Given,
    Row,
    assumed,
    documented,
    each_like,
    equal,
    from_state,
    given,
    like,
    regex,
    stated,
    unseen,
)

LOGIN = documented("the guide, Architecture: remote authentication on a customer's SFTP server")
FILES = assumed("the guide has List Manager fetch files from (S)FTP folders; paths and operations are ours")
ERRORS = assumed("error names of SFTP version 3; FTP replies are given the same names")

LEADS = "FirstName,Device1\r\nAda,+12025550143\r\n"
CONTENT = {
    "size": stated(len(LEADS)),
    "sha256": stated(sha256(LEADS.encode()).hexdigest(), regex("[0-9a-f]{64}", sha256(b"").hexdigest())),
    "text": unseen(LEADS),
}
"""What is told of a file that was read or written. A journal has the text of short ones alone."""
NO_IN = given("there is no folder {path}", path="/in")
IN = given("folder {path} is empty", path="/in")
OUT = given("folder {path} is empty", path="/out")
THERE = given("file {path} holds {text}", path="/in/leads.csv", text=LEADS)


def contract() -> Row:
    """Return the contract."""
    row = Row(2)
    for transport, label in (("sftp", "SFTP"), ("ftp", "FTP")):
        _login(row, transport, label)
        _fetching(row, transport, label)
        _bringing(row, transport, label)
        _tidying(row, transport, label)
        _refusals(row, transport, label)
    return row


def _login(row: Row, transport: str, label: str) -> None:
    user = given("user {user} may log in", user="acme")
    row.operation(
        f"{label}: a customer's user logs in",
        LOGIN,
        transport,
        {"op": "login", "user": from_state("${user}", "acme"), "password": unseen(from_state("${password}", "secret"))},
        {"user": stated("acme"), "method": "password"},
        states=[user],
    )
    row.operation(
        f"{label}: a wrong password is refused",
        LOGIN,
        transport,
        {"op": "login", "user": from_state("${user}", "acme"), "password": unseen("not the password")},
        {"error": "LOGIN_REFUSED"},
        states=[user],
    )


def _fetching(row: Row, transport: str, label: str) -> None:
    def fetch(description: str, op: str, path: str, observed: dict[str, Any], *states: Given) -> None:
        asked = {"op": op, "path": like(path)}
        row.operation(f"{label}: {description}", FILES, transport, asked, observed, states=states)

    fetch(
        "a folder is listed", "list", "/in", {"names": stated(["leads.csv"], each_like("leads.csv", min=0))}, IN, THERE
    )
    fetch("a file is looked at", "stat", "/in/leads.csv", {"kind": "file", "size": stated(len(LEADS))}, THERE)
    fetch("a folder is looked at", "stat", "/in", {"kind": "folder"}, IN)
    fetch("a file is fetched, byte by byte what it was", "read", "/in/leads.csv", CONTENT, THERE)


def _bringing(row: Row, transport: str, label: str) -> None:
    row.operation(
        f"{label}: an export is brought",
        FILES,
        transport,
        {"op": "write", "path": like("/out/results.csv"), "text": unseen(LEADS)},
        CONTENT,
        states=[OUT],
    )
    row.operation(
        f"{label}: a folder is made",
        FILES,
        transport,
        {"op": "mkdir", "path": like("/in")},
        equal({}),
        states=[NO_IN],
    )


def _tidying(row: Row, transport: str, label: str) -> None:
    row.operation(
        f"{label}: a file that was fetched is put aside",
        FILES,
        transport,
        {"op": "rename", "path": like("/in/leads.csv"), "to": like("/in/leads.csv.done")},
        equal({}),
        states=[IN, THERE],
    )
    row.operation(
        f"{label}: a file that was fetched is removed",
        FILES,
        transport,
        {"op": "remove", "path": like("/in/leads.csv")},
        equal({}),
        states=[THERE],
    )
    row.operation(
        f"{label}: an empty folder is removed",
        FILES,
        transport,
        {"op": "rmdir", "path": like("/in")},
        equal({}),
        states=[IN],
    )


def _refusals(row: Row, transport: str, label: str) -> None:
    def refuse(description: str, error: str, request: dict[str, Any], *states: Given) -> None:
        asked = {name: value if name == "op" else like(value) for name, value in request.items()}
        if request["op"] == "write":
            asked["text"] = unseen(LEADS)
        row.operation(f"{label}: {description}", ERRORS, transport, asked, {"error": error}, states=states)

    gone = given("there is no file {path}", path="/in/gone.csv")
    private = given("file {path} holds {text}", path="/private/leads.csv", text=LEADS)
    denied = given("path {path} is denied", path="/private/leads.csv")
    missing, forbidden = "NO_SUCH_FILE", "PERMISSION_DENIED"
    refuse("a file that is not there is refused", missing, {"op": "read", "path": "/in/gone.csv"}, gone)
    refuse("what is not there cannot be looked at", missing, {"op": "stat", "path": "/in/gone.csv"}, gone)
    refuse("what is not there cannot be removed", missing, {"op": "remove", "path": "/in/gone.csv"}, gone)
    refuse(
        "what is not there cannot be put aside",
        missing,
        {"op": "rename", "path": "/in/gone.csv", "to": "/in/gone.csv.done"},
        gone,
    )
    refuse("a folder that is not there is not listed", missing, {"op": "list", "path": "/in"}, NO_IN)
    refuse("an export into a folder that is not there is refused", missing, {"op": "write", "path": "/in/x"}, NO_IN)
    refuse("a folder that is there is not made again", "FAILURE", {"op": "mkdir", "path": "/in"}, IN)
    refuse("a folder that is not empty is not removed", "FAILURE", {"op": "rmdir", "path": "/in"}, IN, THERE)
    refuse(
        "a file that one may not read is refused",
        forbidden,
        {"op": "read", "path": "/private/leads.csv"},
        private,
        denied,
    )
    refuse(
        "an export to where one may not write is refused",
        forbidden,
        {"op": "write", "path": "/private/leads.csv"},
        private,
        denied,
    )
