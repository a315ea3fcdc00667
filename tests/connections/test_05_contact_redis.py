"""Connection 5: Redis keeps what all services have to know: who is logged in, who may not be called, who was."""

from __future__ import annotations

import json

import pytest
import redis

from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.faces import RedisFace

from .conftest import LONDON, Define, RunJob

HOURS = 3600


def test_who_is_logged_in_is_kept_until_the_session_ends(
    cx_redis: RedisFace, cx_journal: Journal, supervisor: Contact
) -> None:
    """A session lives eight hours after it was last used, or until its owner logs out."""
    [key] = cx_redis.keys("*:session:*")
    assert json.loads(cx_redis.call("GET", key))["username"] == "supervisor"
    assert 7 * HOURS < cx_redis.call("TTL", key) <= 8 * HOURS

    supervisor.post("/logout")

    assert cx_journal.wait_for(5, operation="DEL").request == {"argv": ["DEL", key]}
    assert cx_redis.keys("*:session:*") == []


def test_numbers_never_to_call_are_where_every_validation_looks(
    cx_redis: RedisFace, cx_sftp: Sftp, cx_journal: Journal, run_job: RunJob
) -> None:
    """A suppression list that was imported holds at once: its entries are in Redis when the job is done."""
    cx_sftp.put("/in/never.csv", f"Device\n{LONDON}\n")

    run_job("import-suppression", "/in/never.csv", "Never")

    written = cx_journal.wait_for(5, operation="HSET", where=lambda one: one.source == "cxc-list-builder")
    key = written.request["argv"][1]
    assert cx_redis.call("HGETALL", key) == {"442079460018": "0"}


def test_every_attempt_is_remembered(cx_redis: RedisFace, cx_journal: Journal, campaign: Define) -> None:
    """The dialing history of a number and of a client, from which rules count attempts."""
    campaign().do("load", "start")

    cx_journal.wait_for(5, operation="HSET", where=lambda one: "history:client:C-1" in one.request["argv"][1])

    assert len(cx_redis.keys("*:history:client:C-1")) == 1
    assert len(cx_redis.keys("*:history:device:442079460018")) == 1


@pytest.mark.usefixtures("cx_redis")
def test_redis_lets_nobody_in_without_the_password(cx_testbed: Testbed, cx_journal: Journal) -> None:
    """A wrong password is refused, and does not stand in the journal."""
    url = cx_testbed.env["CX_REDIS_URL"].replace(cx_testbed.directory.credentials.redis, "guessed")

    with redis.Redis.from_url(url) as client, pytest.raises(redis.AuthenticationError):
        client.ping()

    refused = cx_journal.wait_for(5, where=lambda one: not one.ok)
    assert "WRONGPASS" in refused.response["value"]
    assert "guessed" not in str(refused.request)
