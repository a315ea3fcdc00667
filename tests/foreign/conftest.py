"""A running testbed, and what its contracts promise: for Pact verifiers that are not ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.library import folder
from cxmock.topology import connection


@dataclass(frozen=True)
class Up:
    """What ``cxmock up --json`` announced."""

    told: dict[str, Any]

    def states(self, number: int) -> str:
        return f"{self.told['states']}/{number}"

    def transports(self, number: int) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.told["transports"][str(number)]
        return found


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """A testbed with everything."""
    command = [sys.executable, "-m", "cxmock", "up", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Up(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def contract_file(number: int) -> Path:
    return folder() / connection(number).contract


def expected(number: int) -> dict[str, str]:
    """Return the result that an outsider comes to, by description: OK, unless the promise is about a redirection.

    Outsiders follow it and look at the page that they were sent to; ``cxmock verify`` looks at the redirection.
    """
    promises = json.loads(contract_file(number).read_text())["interactions"]
    return {one["description"]: "Error" if _redirects(one) else "OK" for one in promises}


def _redirects(interaction: dict[str, Any]) -> bool:
    response = interaction["response"]
    return (
        interaction["type"] == "Synchronous/HTTP"
        and "Location" in response.get("headers", {})
        and (300 <= response["status"] < 400)
    )


def found(results: dict[str, Any]) -> dict[str, str]:
    """Return a verifier's results by description."""
    return {one["description"]: one["result"] for one in results["interactionResults"]}
