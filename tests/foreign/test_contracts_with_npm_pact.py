"""The contracts, unchanged, verified by Pact for JavaScript: every interaction of every file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cxmock.topology import CONNECTIONS

from .conftest import Up, contract_file, expected, found

pytestmark = pytest.mark.foreign

SCRIPT = Path(__file__).with_name("verify_with_npm_pact.cjs")
PATH = os.pathsep.join([os.environ.get("PATH", ""), f"{sys.prefix}/bin"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and Pact's packages."""
    folder = tmp_path_factory.mktemp("npm")
    npm = shutil.which("npm", path=PATH)
    assert npm, "npm is not installed: sh .ci/foreign-clients"
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "@pact-foundation/pact@16"]
    environment = {**os.environ, "PATH": PATH}
    subprocess.run(command, cwd=folder, env=environment, timeout=300, check=True)
    shutil.copy(SCRIPT, folder)
    return folder


def verify(project: Path, up: Up, number: int) -> dict[str, Any]:
    """Verify a row's contract and return the verifier's results."""
    results = project / f"results-{number}.json"
    command = 'exec node "$0" "$1" "$2" 3>"$3"'
    ran = subprocess.run(
        ["sh", "-c", command, SCRIPT.name, str(contract_file(number)), str(number), str(results)],
        cwd=project,
        env={**os.environ, "PATH": PATH, "PACT_DO_NOT_TRACK": "true"},
        input=json.dumps(up.told),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(results.read_text())
    return told


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_every_interaction_of_the_file_is_verified(project: Path, up: Up, number: int) -> None:
    promised = expected(number)

    results = verify(project, up, number)

    assert found(results) == promised
    assert len(results["interactionResults"]) == len(promised)
    assert results["result"] == ("Error" not in promised.values())
