"""Pact's engine as an oracle, in a process of its own: one JSON line asks, one JSON line answers.

    {"face": "contents", "type": "...", "expected": "...", "rules": {...}, "actual": "..."}
    {"face": "timed", "times": 100, ...as before...} -> the seconds of a core that one match takes
    {"face": "request", "request": {...}, "actual": {"method", "target", "headers": [[name, value], ...], "body"}}
    {"face": "responses", "cases": [{"response": {...}, "actual": {"status", "headers": [[...]], "body"}}, ...]}

The answer is a list of mismatches as Pact tells them; of responses, a list of such lists.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import process_time
from typing import Any

os.environ["PACT_DO_NOT_TRACK"] = "true"
logging.getLogger("pact.ffi").setLevel(logging.CRITICAL)

import pact_ffi as ffi  # noqa: E402  (the environment comes first)
from pact import Verifier  # noqa: E402

REQUEST, RESPONSE = ffi.InteractionPart.REQUEST, ffi.InteractionPart.RESPONSE


def new_pact() -> Any:
    handle = ffi.new_pact("consumer", "provider")
    ffi.with_specification(handle, ffi.PactSpecification.V4)
    return handle


def contents(job: dict[str, Any], times: int = 0) -> Any:
    pact = new_pact()  # it has to outlive its interactions
    interaction = ffi.new_sync_message_interaction(pact, "a message")
    set_body(interaction, RESPONSE, job["type"], job["expected"])
    if job["rules"]:
        ffi.with_matching_rules(interaction, RESPONSE, json.dumps({"body": job["rules"]}))
    if not times:
        return ffi.sync_message_match_response_contents(interaction, 0, job["type"], job["actual"])
    began = process_time()
    for _ in range(times):
        ffi.sync_message_match_response_contents(interaction, 0, job["type"], job["actual"])
    return (process_time() - began) / times


def set_body(interaction: Any, part: Any, kind: str, content: str) -> None:
    if kind.endswith("json"):
        ffi.with_body(interaction, part, kind, content)
    else:  # of a form, with_body would want JSON
        ffi.with_binary_body(interaction, part, kind, content.encode())


def request(job: dict[str, Any]) -> Any:
    promised, actual = job["request"], job["actual"]
    pact = new_pact()
    interaction = ffi.new_interaction(pact, "a request")
    ffi.with_request(interaction, promised["method"], promised["path"])
    for name, values in promised.get("query", {}).items():
        for index, value in enumerate(values):
            ffi.with_query_parameter_v2(interaction, name, index, value)
    for name, values in promised.get("headers", {}).items():
        for index, value in enumerate(values):
            ffi.with_header_v2(interaction, REQUEST, name, index, value)
    if body := promised.get("body"):
        kind, content = body["contentType"], body["content"]
        set_body(interaction, REQUEST, kind, json.dumps(content) if kind.endswith("json") else content)
    if promised.get("matchingRules"):
        ffi.with_matching_rules(interaction, REQUEST, json.dumps(promised["matchingRules"]))
    server = ffi.create_mock_server_for_transport(pact, "127.0.0.1", 0, "http", None)
    ask("127.0.0.1", int(server.port), actual)
    return ffi.mock_server_mismatches(server)  # the server ends with its handle


def ask(host: str, port: int, actual: dict[str, Any]) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.putrequest(actual["method"], actual["target"], skip_accept_encoding=True)
        for name, value in actual["headers"]:
            connection.putheader(name, value)
        body = actual["body"].encode()
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        connection.getresponse().read()
    finally:
        connection.close()


class Replay(BaseHTTPRequestHandler):
    """Answers ``GET /<n>`` with the n-th response of the job."""

    protocol_version = "HTTP/1.1"
    cases: list[dict[str, Any]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        actual = self.cases[int(self.path[1:])]["actual"]
        body = actual["body"].encode()
        self.send_response_only(actual["status"])
        for name, value in actual["headers"]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def responses(job: dict[str, Any], port: int, file: Path) -> Any:
    Replay.cases = job["cases"]
    interactions = [
        {
            "type": "Synchronous/HTTP",
            "description": f"{index:04}",
            "request": {"method": "GET", "path": f"/{index}"},
            "response": case["response"],
        }
        for index, case in enumerate(job["cases"])
    ]
    file.write_text(
        json.dumps(
            {
                "consumer": {"name": "consumer"},
                "provider": {"name": "provider"},
                "interactions": interactions,
                "metadata": {"pactSpecification": {"version": "4.0"}},
            }
        )
    )
    verifier = Verifier("provider", "127.0.0.1").add_transport(protocol="http", port=port).add_source(file)
    verifier.follow_redirects(False)
    with contextlib.suppress(RuntimeError):  # something differs: the results say what
        verifier.verify()
    found = {one["description"]: one for one in verifier.results["interactionResults"]}
    return [answer_of(found[f"{index:04}"]) for index in range(len(interactions))]


def answer_of(result: dict[str, Any]) -> list[Any]:
    if result["result"] == "OK":
        return []
    mismatch = result.get("mismatch") or {}
    return list(mismatch.get("mismatches") or [mismatch or "an error"])


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Pact prints its reports there
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                if job["face"] == "contents":
                    answer = contents(job)
                elif job["face"] == "timed":
                    answer = contents(job, job["times"])
                elif job["face"] == "request":
                    answer = request(job)
                else:
                    answer = responses(job, server.server_port, Path(folder) / "pact.json")
            except Exception as error:
                answer = {"fault": f"{type(error).__name__}: {error}"}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
