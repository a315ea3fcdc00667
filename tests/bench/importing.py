"""How long an import of contacts takes beside a bare COPY of the same rows, and how large its processes become.

100,000 contacts with two devices each; ``CXMOCK_BENCH_CONTACTS=1000000`` for a million.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from cxmock.clients.http import HttpClient
from cxmock.reference.calling_list import copy_statement, create_statements
from cxmock.testbed import Testbed
from cxmock.topology import Component
from tests.bench.measuring import Figure, family

CONTACTS = int(os.environ.get("CXMOCK_BENCH_CONTACTS", "100000"))
RUNS = 3 if CONTACTS <= 100_000 else 1
WITHIN = 1800.0
"""Seconds for one import."""
LOOK_EVERY = 0.1
TIMES_COPY = 5
"""How many times as long as a bare COPY an import may take."""
MEGABYTES = 200
"""Resident memory that one process may have."""


def figures() -> Iterator[Figure]:
    """Import a file by List Builder in a process of its own, then copy the rows that it made."""
    told: dict[str, list[float]] = {"import": [], "copy": [], "times": [], "largest": []}
    with Testbed() as testbed, tempfile.TemporaryDirectory() as folder:
        testbed.start(Component.INGRESS)
        testbed.part(Component.SHARE).put("/import/leads.csv", _contacts())
        with _list_builder(testbed) as (pid, url):
            for number in range(RUNS):
                with _watched(pid) as largest:
                    began = perf_counter()
                    result = testbed.run(_import(testbed, url, f"Leads {number}"), within=WITHIN)
                    took = perf_counter() - began
                assert result["contacts"] == CONTACTS, result
                bare = _copied(testbed.env["CX_POSTGRES_URL"], result["table"], Path(folder) / "rows")
                for name, value in (("import", took), ("copy", bare), ("times", took / bare)):
                    told[name].append(value)
                told["largest"].append(largest[0])
    many = f"{CONTACTS:,} contacts, two devices each"
    yield Figure(f"import of {many}", "s", told["import"], digits=1)
    yield Figure("... a bare COPY of the same rows", "s", told["copy"], digits=1)
    yield Figure("... times a bare COPY", "", told["times"], aim=TIMES_COPY, digits=1)
    yield Figure("... resident in its largest process", "MB", told["largest"], aim=MEGABYTES)


def _contacts() -> bytes:
    """Return a contact file such as customers send: numbers of two countries, names, a segment, a postal code."""
    rows = ["ClientID,FirstName,LastName,Device1,Device2,Country,PostalCode,Other1,Other2"]
    areas = ("202", "212", "303", "415", "617", "713", "808")
    rows += [
        f"C{n:07},Ada,Lovelace,({areas[n % 7]}) {200 + n // 7 % 800}-{n // 5600 % 10000:04},+4420{70000000 + n},"
        f"US,20001,gold,{n % 1000}.50"
        for n in range(CONTACTS)
    ]
    return "\n".join(rows).encode() + b"\n"


async def _import(testbed: Testbed, url: str, name: str) -> dict[str, Any]:
    headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
    client = HttpClient(url, agent="bench/1", headers=headers, within=WITHIN)
    try:
        order = {"name": name, "file": "import/leads.csv"}
        answer = (await client.request("POST", "/cx-contact/v3/contact-lists", json=order)).json()
    finally:
        await client.aclose()
    assert answer["status"]["code"] == 0, answer
    done: dict[str, Any] = answer["data"]
    return done


@contextmanager
def _list_builder(testbed: Testbed) -> Iterator[tuple[int, str]]:
    """Run List Builder as a process of its own; give its process id and its address."""
    command = [sys.executable, "-m", "cxmock.reference", "list-builder"]
    environment = {**os.environ, **testbed.env}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """Give the peak of resident memory, in MB, of the largest process of a family."""
    largest, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_EVERY):
            for one in family(pid):
                with suppress(OSError):
                    status = Path(f"/proc/{one}/status").read_text()
                    size = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
                    largest[0] = max(largest[0], size / 1024)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield largest
    finally:
        ended.set()
        watching.join()


def _copied(url: str, table: str, file: Path) -> float:
    """Return how many seconds a bare COPY of a calling list's rows into a table of its kind takes."""
    statement = copy_statement("cl_bare")
    columns = statement.partition("(")[2].partition(")")[0]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with file.open("wb") as sink, cursor.copy(f"COPY {table} ({columns}) TO STDOUT".encode()) as copy:
            for data in copy:
                sink.write(data)
        cursor.execute("DROP TABLE IF EXISTS cxc.cl_bare")
        for one in create_statements("cl_bare"):
            cursor.execute(one.encode())
        connection.commit()
        with file.open("rb") as source:
            began = perf_counter()
            with cursor.copy(statement.encode()) as copy:
                while data := source.read(2**20):
                    copy.write(data)
            connection.commit()
            took = perf_counter() - began
        cursor.execute("DROP TABLE cxc.cl_bare")
    return took
