"""A running testbed, and what its contracts promise: for Pact verifiers that are not ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.library import folder, load
from cxmock.contracts.model import HttpInteraction, Interaction
from cxmock.contracts.targets import provider_of
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
    """Return the result that an outsider comes to, by description: OK, but for what only ``cxmock verify`` can see.

    Outsiders follow a redirection and look at the page that they were sent to. At the one address that they are given,
    nobody tells which of several providers is asked for what all of them promise; and it refuses other sites' requests.
    """
    promises = load(number)
    asked: dict[tuple[object, ...], set[object]] = defaultdict(set)
    for one in promises.interactions:
        asked[_call(one)].add(provider_of(number, one))
    return {
        one.description: "Error" if _redirects(raw) or _has_origin(raw) or len(asked[_call(one)]) > 1 else "OK"
        for one, raw in zip(promises.interactions, promises.raw, strict=True)
    }


def _call(interaction: Interaction) -> tuple[object, ...]:
    if isinstance(interaction, HttpInteraction):
        return interaction.request.method, interaction.request.path
    return (interaction.description,)


def _has_origin(interaction: Mapping[str, Any]) -> bool:
    return "Origin" in interaction.get("request", {}).get("headers", {})


def _redirects(interaction: Mapping[str, Any]) -> bool:
    response = interaction["response"]
    return (
        interaction["type"] == "Synchronous/HTTP"
        and "Location" in response.get("headers", {})
        and (300 <= response["status"] < 400)
    )


def found(results: dict[str, Any]) -> dict[str, str]:
    """Return a verifier's results by description."""
    return {one["description"]: one["result"] for one in results["interactionResults"]}
