"""Asks Pact's engine, which runs in a process of its own: it may neither be forked nor talk to our output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cxmock.net.tls import Authority

CHILD = Path(__file__).with_name("pact_oracle_child.py")


class Oracle:
    """Pact's engine. Use it as a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        # The engine reads all certificates that there are for each response.
        one = {"SSL_CERT_FILE": str(Authority(Path(self._folder.name)).ca_file), "SSL_CERT_DIR": self._folder.name}
        self._child = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **one},
        )

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *exception: object) -> None:
        self._child.kill()
        self._child.communicate()
        self._folder.cleanup()

    def contents(
        self, expected: Any, rules: dict[str, Any], actual: Any, kind: str = "application/json"
    ) -> list[dict[str, Any]]:
        """Return the mismatches of a message's contents: JSON, or text of another ``kind``."""
        if kind.endswith("json"):
            expected, actual = json.dumps(expected), json.dumps(actual)
        return self.texts(expected, rules, actual, kind)

    def texts(self, expected: str, rules: dict[str, Any], actual: str, kind: str) -> list[dict[str, Any]]:
        """Return the mismatches of a message's contents, as they are sent."""
        job = {"face": "contents", "type": kind, "expected": expected, "rules": rules, "actual": actual}
        mismatches: list[dict[str, Any]] = self._ask(job)
        return mismatches

    def timed(self, expected: Any, rules: dict[str, Any], actual: Any, times: int) -> float:
        """Return the seconds of a core that the engine takes for one match of a message's contents in JSON."""
        job = {
            "type": "application/json",
            "expected": json.dumps(expected),
            "rules": rules,
            "actual": json.dumps(actual),
        }
        seconds: float = self._ask({"face": "timed", "times": times, **job})
        return seconds

    def request(self, promised: dict[str, Any], actual: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the mismatches of a request."""
        mismatches: list[dict[str, Any]] = self._ask({"face": "request", "request": promised, "actual": actual})
        return mismatches

    def responses(self, cases: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        """Return the mismatches of each of several responses."""
        mismatches: list[list[dict[str, Any]]] = self._ask({"face": "responses", "cases": cases})
        return mismatches

    def _ask(self, job: dict[str, Any]) -> Any:
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write(json.dumps(job) + "\n")
        self._child.stdin.flush()
        answer = json.loads(self._child.stdout.readline())
        if isinstance(answer, dict):
            raise RuntimeError(f"{answer['fault']}: {job}")
        return answer
