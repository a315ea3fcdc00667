"""A project whose workers of pytest-xdist wait for each other, each with something in every store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

TEST = """
import json
import os
from pathlib import Path

import psycopg
import pytest
import redis

from cxmock.net.waiting import patiently
from cxmock.topology import Component

PLACE, ALL = Path(os.environ["MEETING"]), int(os.environ["ALL"])


def all_are_there():
    assert len(list(PLACE.glob("*.json"))) == ALL


@pytest.mark.parametrize("number", range(__WORKERS__))
def test_a_worker_shares_nothing(number, cx_testbed, cx_postgres, cx_redis, cx_sftp, cx_env, worker_id, testrun_uid):
    me = f"{testrun_uid}-{worker_id}"
    with psycopg.connect(cx_env["CX_POSTGRES_URL"]) as mine, redis.Redis.from_url(cx_env["CX_REDIS_URL"]) as store:
        mine.execute("INSERT INTO contact_list (name, table_name, created) VALUES (%s, 'x', 0)", (me,))
        mine.commit()
        store.set("who", me)
        cx_sftp.put("/in/who", me.encode())
        endpoints = [(one.host, one.port) for some in cx_testbed.endpoints.values() for one in some]
        (PLACE / f"{me}.new").write_text(json.dumps({"endpoints": endpoints, "notice": cx_testbed.notice}))
        (PLACE / f"{me}.new").rename(PLACE / f"{me}.json")

        patiently(all_are_there, within=100)

        assert mine.execute("SELECT name FROM contact_list").fetchall() == [(me,)]
        assert store.get("who").decode() == me
        assert cx_sftp.read("/in/who").decode() == me
"""


@dataclass(frozen=True)
class Meeting:
    """Where the workers meet, and what they tell."""

    place: Path
    workers: int
    """Of all sessions together."""

    @property
    def environment(self) -> dict[str, str]:
        """What the sessions need to know."""
        return {"MEETING": str(self.place), "ALL": str(self.workers)}

    def project(self, folder: Path, workers: int) -> Path:
        """Write the tests of a session with ``workers`` workers."""
        folder.mkdir(exist_ok=True)
        (folder / "test_meeting.py").write_text(TEST.replace("__WORKERS__", str(workers)))
        return folder

    def told(self) -> list[dict[str, object]]:
        """Return what each worker told of its testbed."""
        return [json.loads(path.read_text()) for path in self.place.glob("*.json")]

    def held_without_a_clash(self) -> None:
        """See that all were there at once, each on documented ports, and no two at the same address."""
        told = self.told()
        assert [one["notice"] for one in told] == [""] * self.workers
        addresses = [tuple(address) for one in told for address in one["endpoints"]]  # type: ignore[attr-defined]
        assert len(addresses) == len(set(addresses)) == self.workers * len(told[0]["endpoints"])  # type: ignore[arg-type]
        assert {port for _, port in addresses} == {5432, 6379, 22, 21}
