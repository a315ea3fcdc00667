"""Row 2: Job Scheduler logs in at a customer's file server, fetches lists and brings exports.

That it does, over SSH and FTP, with credentials of the customer, is documented; which operations it uses is assumed.
Errors have the names of SFTP version 3 over both protocols.
"""

from __future__ import annotations

from hashlib import sha256

from cxmock.contracts.authoring import (
    Row,
    assumed,
    documented,
    equal,
    from_state,
    given,
    integer,
    like,
    regex,
)

LOGIN = documented("the guide, Architecture: remote authentication on a customer's SFTP server")
FILES = assumed("the guide has List Manager fetch files from (S)FTP folders; paths and operations are ours")
ERRORS = assumed("error names of SFTP version 3; FTP replies are given the same names")

LEADS = "FirstName,Device1\r\nAda,+12025550143\r\n"


def contract() -> Row:
    """Return the contract."""
    row = Row(2)
    for transport, label in (("sftp", "SFTP"), ("ftp", "FTP")):
        _login(row, transport, label)
        _fetching(row, transport, label)
        _bringing(row, transport, label)
    return row


def _login(row: Row, transport: str, label: str) -> None:
    row.operation(
        f"{label}: a customer's user logs in",
        LOGIN,
        transport,
        {"op": "login", "user": from_state("${user}", "acme"), "password": from_state("${password}", "secret")},
        {"user": "acme", "method": "password"},
        states=[given("user {user} may log in", user="acme")],
    )
    row.operation(
        f"{label}: a wrong password is refused",
        LOGIN,
        transport,
        {"op": "login", "user": from_state("${user}", "acme"), "password": like("not the password")},
        {"error": "LOGIN_REFUSED"},
        states=[given("user {user} may log in", user="acme")],
    )


def _fetching(row: Row, transport: str, label: str) -> None:
    there = given("file {path} holds {text}", path="/in/leads.csv", text=LEADS)
    row.operation(
        f"{label}: a folder is listed",
        FILES,
        transport,
        {"op": "list", "path": like("/in")},
        {"names": ["leads.csv"]},
        states=[given("folder {path} is empty", path="/in"), there],
    )
    row.operation(
        f"{label}: a file is looked at",
        FILES,
        transport,
        {"op": "stat", "path": like("/in/leads.csv")},
        {"kind": "file", "size": len(LEADS)},
        states=[there],
    )
    row.operation(
        f"{label}: a file is fetched, byte by byte what it was",
        FILES,
        transport,
        {"op": "read", "path": like("/in/leads.csv")},
        {"size": len(LEADS), "sha256": sha256(LEADS.encode()).hexdigest(), "text": LEADS},
        states=[there],
    )
    row.operation(
        f"{label}: a file that is not there is refused",
        ERRORS,
        transport,
        {"op": "read", "path": like("/in/gone.csv")},
        {"error": "NO_SUCH_FILE"},
        states=[given("there is no file {path}", path="/in/gone.csv")],
    )
    row.operation(
        f"{label}: a file that one may not read is refused",
        ERRORS,
        transport,
        {"op": "read", "path": like("/private/leads.csv")},
        {"error": "PERMISSION_DENIED"},
        states=[
            given("file {path} holds {text}", path="/private/leads.csv", text=LEADS),
            given("path {path} is denied", path="/private/leads.csv"),
        ],
    )


def _bringing(row: Row, transport: str, label: str) -> None:
    row.operation(
        f"{label}: an export is brought",
        FILES,
        transport,
        {"op": "write", "path": like("/out/results.csv"), "text": like(LEADS)},
        {
            "size": integer(len(LEADS)),
            "sha256": regex("[0-9a-f]{64}", sha256(LEADS.encode()).hexdigest()),
            "text": like(LEADS),
        },
        states=[given("folder {path} is empty", path="/out")],
    )
    row.operation(
        f"{label}: a file that was fetched is put aside",
        FILES,
        transport,
        {"op": "rename", "path": like("/in/leads.csv"), "to": like("/in/leads.csv.done")},
        equal({}),
        states=[
            given("folder {path} is empty", path="/in"),
            given("file {path} holds {text}", path="/in/leads.csv", text=LEADS),
        ],
    )
