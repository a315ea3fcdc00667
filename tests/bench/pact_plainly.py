"""pact-python as its documentation shows it, on all contract files; run as a script, which needs nothing of ours.

Its first line of input says what ``cxmock up --json`` says, and the contract files by connection; each further line is
``functions`` or ``urls``. It verifies all files, one verifier a file, and answers with what that took.

With ``functions``, messages and their states are functions, the documentation's first choice. States over HTTP stay a
URL: what a function returns is lost, and interactions take values from it. With ``urls`` everything is a URL.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlsplit

logging.getLogger("pact.ffi").setLevel(logging.ERROR)

from pact import Verifier  # noqa: E402


def verify(up: dict[str, Any], number: str, file: Path, folder: Path, *, functions: bool) -> tuple[int, int]:
    """Verify one file; return how many interactions were verified, and how many are kept."""
    places = up["transports"][number]
    states = f"{up['states']}/{number}"
    document = json.loads(file.read_text())
    if functions and "http" not in places:
        verifier = by_functions(document, places, states, folder)
    else:
        verifier = Verifier(document["provider"]["name"], next(iter(places.values()))["host"])
        for name, place in places.items():
            verifier.add_transport(protocol=name, port=place["port"], path=place["path"], scheme=place["scheme"])
        verifier.add_source(file).state_handler(states, body=True)
    with contextlib.suppress(RuntimeError):  # something is not kept: the results say what
        verifier.verify()
    results = verifier.results["interactionResults"]
    return len(results), sum(one["result"] == "OK" for one in results)


def by_functions(document: dict[str, Any], places: dict[str, Any], states: str, folder: Path) -> Verifier:
    """Return a verifier of messages; its functions ask the testbed."""
    transports = {one["description"]: one.pop("transport") for one in document["interactions"]}

    def message(name: str, metadata: dict[str, Any]) -> Any:
        place = places[transports[name]]
        body = ask(f"http://{place['host']}:{place['port']}/", {"description": name, "request": metadata["request"]})
        return {"contents": body, "content_type": "application/json"}

    def state(state: str, action: str, parameters: dict[str, Any] | None) -> None:
        if action == "setup":
            ask(states, {"state": state, "action": action, "params": parameters or {}})

    # Files that pact-python itself has written name no transport.
    file = folder / "messages.json"
    file.write_text(json.dumps(document))
    verifier = Verifier(document["provider"]["name"], "127.0.0.1").message_handler(message)
    return verifier.add_source(file).state_handler(state)


def ask(url: str, body: dict[str, Any]) -> bytes:
    """Post JSON; return the answer's body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.request("POST", parts.path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse().read()
    connection.close()
    return answer


def main() -> None:
    """Work until there is no more input."""
    answers = os.fdopen(os.dup(1), "w")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    up = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            began, used = perf_counter(), process_time()
            found = [
                verify(up, number, Path(file), Path(folder), functions=line.strip() == "functions")
                for number, file in up["files"].items()
            ]
            took = {
                "seconds": perf_counter() - began,
                "cpu": process_time() - used,
                "verified": sum(verified for verified, _ in found),
                "kept": sum(kept for _, kept in found),
            }
            print(json.dumps(took), file=answers, flush=True)


if __name__ == "__main__":
    main()
