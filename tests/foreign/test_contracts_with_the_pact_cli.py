"""The contracts, unchanged, verified by Pact's standalone program: every interaction of every file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.topology import CONNECTIONS

from .conftest import Up, contract_file, expected, found

pytestmark = pytest.mark.foreign


def verify(up: Up, number: int, report: Path) -> subprocess.CompletedProcess[str]:
    """Verify a row's contract at the testbed's control address."""
    program = shutil.which("pact", path=f"{sys.prefix}/bin")
    assert program, "the Pact CLI is not installed: sh .ci/foreign-clients"
    transports = up.transports(number)
    command = [program, "verifier", "--no-colour", "--file", str(contract_file(number)), "--json", str(report)]
    command += ["--hostname", next(iter(transports.values()))["host"], "--state-change-url", up.states(number)]
    for name, place in transports.items():
        if name == "http":
            command += ["--port", str(place["port"]), "--base-path", place["path"]]
        else:
            command += ["--transports", f"{name}:{place['port']}"]
    environment = {**os.environ, "PACT_DO_NOT_TRACK": "true"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_every_interaction_of_the_file_is_verified(up: Up, number: int, tmp_path: Path) -> None:
    promised = expected(number)

    ran = verify(up, number, tmp_path / "report.json")

    results = json.loads((tmp_path / "report.json").read_text())
    assert found(results) == promised, ran.stdout
    assert len(results["interactionResults"]) == len(promised)
    assert ran.returncode == ("Error" in promised.values())
