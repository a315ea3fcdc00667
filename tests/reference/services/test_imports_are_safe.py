"""Whatever happens during an import, and whatever the file: lists are whole or not there, and nothing is a 5xx."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.clients.http import HttpClient
from cxmock.reference.services.list_builder import importing
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE
from cxmock.topology import Component
from tests.reference.services.conftest import rows

LEADS = "ClientID,Device1\nC-1,+12125550143\nC-2,+442079460018\n"


def put(testbed: Testbed, data: str | bytes, name: str = "leads.csv") -> None:
    """Put a file on the share."""
    testbed.part(Component.SHARE).put(f"/import/{name}", data.encode() if isinstance(data, str) else data)


def ask(testbed: Testbed, *orders: dict[str, Any]) -> list[Any]:
    """Ask List Builder for imports, all at once; return the answers, or the errors where there is none."""

    async def all_at_once() -> list[Any]:
        headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
        url = testbed.env["CX_LIST_BUILDER_URL"]
        clients = [HttpClient(url, agent="cxc-amark-app", headers=headers, within=60) for _ in orders]
        calls = [
            client.request("POST", f"{BASE}/contact-lists", json={"name": "Leads", "file": "import/leads.csv", **order})
            for client, order in zip(clients, orders, strict=True)
        ]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        await asyncio.gather(*(client.aclose() for client in clients))
        return answers

    return testbed.run(all_at_once(), within=90)


def test_two_imports_into_one_list_come_one_after_the_other(testbed: Testbed) -> None:
    """Both bring the same person: one of them has her, chains are numbered without a gap."""
    put(testbed, LEADS)
    ask(testbed, {})
    many = "".join(f"{{0}}-{n},+4420794601{n:02}\n" for n in range(50))
    put(testbed, "ClientID,Device1\nX-0,+442079460300\n" + many.format("A"), "a.csv")
    put(testbed, "ClientID,Device1\nX-0,+442079460300\n" + many.replace("4601", "4602").format("B"), "b.csv")
    answers = ask(testbed, *({"file": f"import/{name}.csv", "mode": "append"} for name in "ab"))
    told = [answer.json()["data"] for answer in answers]
    assert sorted(one["contacts"] for one in told) == [50, 51]
    assert sum(one["duplicates"] for one in told) == 1
    assert rows(
        testbed, "SELECT count(DISTINCT c_client_id), min(chain_id), max(chain_id), count(*) FROM cxc.cl_leads"
    ) == [(103, 1, 103, 103)]
    assert rows(testbed, "SELECT contacts, devices FROM cxc.contact_list") == [(103, 103)]


def test_two_imports_of_one_new_list_make_one(testbed: Testbed) -> None:
    put(testbed, LEADS)
    answers = ask(testbed, {}, {})
    assert sorted(answer.json()["status"]["code"] for answer in answers) == [0, 609]
    assert rows(testbed, "SELECT count(*) FROM cxc.cl_leads") == [(2,)]


@contextmanager
def own_list_builder(testbed: Testbed) -> Iterator[subprocess.Popen[str]]:
    """Run List Builder as a process of its own."""
    command = [sys.executable, "-m", "cxmock.reference", "list-builder"]
    environment = {**os.environ, **testbed.env}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            testbed.play(Component.LIST_BUILDER, json.loads(process.stdout.readline())["url"])
            yield process
        finally:
            process.kill()


def test_an_import_whose_process_is_killed_is_done_again_and_leaves_one_list() -> None:
    """It is killed when all but the commit is done: the records are copied, the calling list is made."""
    with Testbed() as testbed, ThreadPoolExecutor() as threads:
        testbed.start(Component.INGRESS)
        put(testbed, LEADS)
        with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as holder, own_list_builder(testbed) as process:
            holder.execute("LOCK TABLE cxc.import_reject IN EXCLUSIVE MODE")
            asked = threads.submit(ask, testbed, {})
            testbed.journal.wait_for(11, operation="POST /configuration/v3/objects/calling-lists", within=20)
            process.kill()
            holder.rollback()
            [answer] = asked.result(60)
        assert isinstance(answer, Exception) or answer.status >= 500
        assert rows(testbed, "SELECT count(*) FROM cxc.contact_list") == [(0,)]
        with own_list_builder(testbed):
            [answer] = ask(testbed, {})
        assert answer.json()["data"]["contacts"] == 2
        assert rows(testbed, "SELECT name, contacts FROM cxc.contact_list") == [("Leads", 2)]
        assert rows(testbed, "SELECT count(*) FROM cxc.cl_leads") == [(2,)]
        ways = "SELECT status, reason FROM cxc.import_run ORDER BY id"
        assert rows(testbed, ways) == [("failed", "cut short"), ("done", None)]
        names = [one["name"] for one in testbed.part(Component.CONFSERV).objects["CallingList"].values()]
        assert names == ["Leads"]


FILES = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=200).map(lambda data: b"ClientID,Device1,Other1\n" + data),
    st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
    st.binary(max_size=200).map(lambda data: b"\x1f\x8b\x08" + data),
    st.binary(max_size=200).map(lambda data: gzip.compress(b"Device1\n+12125550143\n" + data)),
    st.lists(
        st.sampled_from(["C-1,+12125550143,x", ',+442079460018,"', '"a\nb",+12125550144,', "C-1", "", " "]), max_size=9
    ).map(lambda lines: "\n".join(["ClientID,Device1,Other1", *lines]).encode()),
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(FILES, st.sampled_from(["", "UTF-8"]), st.sampled_from(["create", "append", "update", "replace"]))
def test_no_file_is_a_fault_and_every_row_is_accounted_for(
    testbed: Testbed, data: bytes, encoding: str, mode: str
) -> None:
    """A list of any bytes is imported, or refused in an envelope; each of its rows is imported, rejected or skipped."""
    put(testbed, data)
    [answer] = ask(testbed, {"mode": mode, "encoding": encoding})
    told = answer.json()
    if answer.status != 200:
        assert answer.status in (400, 404, 409), told
        assert told["status"]["message"]
        return
    done = told["data"]
    assert done["contacts"] + done["rejected"] + done["skipped"] == done["rows"] <= done["lines"]
    if mode in ("create", "replace"):
        assert rows(testbed, "SELECT count(*), count(DISTINCT chain_id) FROM cxc.cl_leads") == [
            (done["devices"], done["contacts"])
        ]


def test_several_processes_make_the_same_of_a_large_file_as_one(
    testbed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of a file are checked at the same time, and yet come in order: duplicates, chains, lines and all."""
    lines = [f'C-{n % 900},"+4420794{n:05}",{n}' if n % 7 else f"C-{n},nobody,{n}" for n in range(2500)]
    put(testbed, "\n".join(["ClientID,Device1,Other1", *lines]))
    monkeypatch.setattr(importing, "BLOCK", 100)
    [one] = ask(testbed, {"name": "One"})
    monkeypatch.setattr(importing, "LARGE", 1)
    [several] = ask(testbed, {"name": "Several"})
    counts = ("contacts", "devices", "rejected", "duplicates", "rows", "lines", "rejects")
    first, second = one.json()["data"], several.json()["data"]
    assert {name: first[name] for name in counts} == {name: second[name] for name in counts}
    assert first["contacts"] > 700
    assert first["duplicates"] > 1000
    columns = "chain_id, chain_n, contact_info, c_client_id, c_original_record, cd_tz_name"
    records = [rows(testbed, f"SELECT {columns} FROM cxc.cl_{name} ORDER BY 1, 2") for name in ("one", "several")]
    assert records[0] == records[1]
    told = [testbed.part(Component.SHARE).read(f"/rejects/{name}.csv") for name in ("One", "Several")]
    assert told[0] == told[1]


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    command = [sys.executable, "-m", "cxmock.reference.services.list_builder.worker"]
    for said in (b"", b"\0\0\1\0cut off"):
        ended = subprocess.run(command, input=said, capture_output=True, timeout=30)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
