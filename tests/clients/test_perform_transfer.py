"""Operations as contracts write them, performed at the real server: the same shapes as in the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.clients.perform_transfer import TransferPerformer
from cxmock.errors.transfer import ServerLost
from cxmock.fakes.sftp import Sftp
from cxmock.testbed import Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """A testbed in which only the file server runs."""
    with Testbed() as testbed:
        testbed.start(Component.SFTP)
        yield testbed


@pytest.fixture
def server(testbed: Testbed) -> Sftp:
    """The part that plays the customer's file server, as it was right after its start."""
    testbed.reset()
    part = testbed.part(Component.SFTP)
    assert isinstance(part, Sftp)
    return part


@pytest.fixture(params=["sftp", "ftp", "ftps"])
def performer(testbed: Testbed, request: pytest.FixtureRequest) -> Iterator[TransferPerformer]:
    """A performer for each transport."""
    url = testbed.env["CX_SFTP_URL" if request.param == "sftp" else "CX_FTP_URL"]
    performer = TransferPerformer(
        url,
        host_key=testbed.env["CX_SFTP_HOST_KEY"],
        tls=testbed.authority.client_context if request.param == "ftps" else None,
    )
    yield performer
    testbed.run(performer.close())


TEXT = "name,phone\nÅsa,+46701234567\n"
FACTS = {"size": len(TEXT.encode()), "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "text": TEXT}

OPERATIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"op": "list", "path": "/in"}, {"names": ["leads.csv"]}),
    ({"op": "stat", "path": "/in/leads.csv"}, {"kind": "file", "size": FACTS["size"]}),
    ({"op": "stat", "path": "/in"}, {"kind": "folder"}),
    ({"op": "read", "path": "/in/leads.csv"}, FACTS),
    ({"op": "write", "path": "/out/a.csv", "text": TEXT}, FACTS),
    ({"op": "mkdir", "path": "/done"}, {}),
    ({"op": "rename", "path": "/out/a.csv", "to": "/done/a.csv"}, {}),
    ({"op": "remove", "path": "/done/a.csv"}, {}),
    ({"op": "rmdir", "path": "/done"}, {}),
    ({"op": "read", "path": "/in/lead.csv"}, {"error": "NO_SUCH_FILE"}),
    ({"op": "list", "path": "/nowhere"}, {"error": "NO_SUCH_FILE"}),
    ({"op": "read", "path": "/in/secret.csv"}, {"error": "PERMISSION_DENIED"}),
    ({"op": "mkdir", "path": "/in"}, {"error": "FAILURE"}),
]


def test_what_is_performed_is_what_the_journal_has_seen(
    testbed: Testbed, server: Sftp, performer: TransferPerformer
) -> None:
    """So one contract can verify the server, and hold what a service under test really did."""
    server.put("/in/leads.csv", TEXT)
    server.folder.denied.add("/in/secret.csv")
    for operation, expected in OPERATIONS:
        assert testbed.run(performer.perform(operation)) == expected
    login, *seen = testbed.journal.exchanges(2)
    assert login.operation == "login cxcontact"
    assert len(seen) == len(OPERATIONS)
    for exchange, (operation, expected) in zip(seen, OPERATIONS, strict=True):
        assert exchange.request == {key: value for key, value in operation.items() if key != "text"}
        assert {key: value for key, value in exchange.response.items() if key != "message"} == expected


def test_logins_are_performed_anew(testbed: Testbed, server: Sftp, performer: TransferPerformer) -> None:
    """With the server's own user, with one that a provider state let in, and with a wrong password."""
    ada = server.user_may_log_in("ada & co")
    assert testbed.run(performer.perform({"op": "login"})) == {"user": "cxcontact", "method": "password"}
    assert testbed.run(performer.perform({"op": "login", **ada})) == {"user": "ada & co", "method": "password"}
    wrong = {"op": "login", "user": "ada & co", "password": "wrong"}
    assert testbed.run(performer.perform(wrong)) == {"error": "LOGIN_REFUSED"}
    assert [one.operation for one in testbed.journal.exchanges(2)] == [
        "login cxcontact",
        "login ada & co",
        "login refused ada & co",
    ]


def test_a_server_that_was_away_is_found_again(testbed: Testbed, server: Sftp, performer: TransferPerformer) -> None:
    """A lost connection is an error, not an answer; the next operation opens another."""
    assert testbed.run(performer.perform({"op": "list", "path": "/out"})) == {"names": []}
    testbed.unplug(2)
    with pytest.raises(ServerLost):
        testbed.run(performer.perform({"op": "list", "path": "/out"}))
    testbed.plug(2)
    assert testbed.run(performer.perform({"op": "list", "path": "/out"})) == {"names": []}


def test_an_operation_that_nobody_knows_is_no_answer(
    testbed: Testbed, server: Sftp, performer: TransferPerformer
) -> None:
    with pytest.raises(ValueError, match="there is no operation 'chmod' on files"):
        testbed.run(performer.perform({"op": "chmod", "path": "/in"}))
