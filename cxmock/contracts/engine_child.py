"""Pact's verifier as a process: jobs come in and results go out, one JSON line each, on a socket of its own.

This file is run as a script, with the standard library and pact-python only: so it starts fast, and Pact's output,
environment and threads stay away from everybody else's. Its arguments are the socket's descriptor and a private folder.

    in   {"number": 7, "pact": {...}, "host": "127.13.0.9", "states": "http://...", "within_ms": 5000,
          "transports": [{"protocol": "http", "port": 443, "path": null, "scheme": "https"}]}
    out  {"number": 7, "results": {...}}, as Pact's verifier tells them, or {"number": 7, "fault": "..."}

Two jobs are worked on at a time, and whichever ends first is answered first.

It ends when the socket does, whatever it is doing, and takes its folder along: so it never outlives who started it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import shutil
import socket
import sys
import threading
from pathlib import Path
from typing import IO, Any


def main(descriptor: int, folder: Path) -> None:
    """Work until the socket ends."""
    channel = socket.socket(fileno=descriptor)
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(channel.makefile("rb"), jobs, folder), daemon=True).start()
    logging.getLogger("pact.ffi").setLevel(logging.ERROR)
    from pact import Verifier

    turn = threading.Lock()

    def work(pact_file: Path) -> None:
        while True:
            job = json.loads(jobs.get())
            answer = {"number": job["number"]}
            try:
                answer["results"] = _verify(Verifier, job, pact_file)
            except Exception as error:
                answer["fault"] = f"{type(error).__name__}: {error}"
            with turn:
                channel.sendall(json.dumps(answer).encode() + b"\n")

    threading.Thread(target=work, args=(folder / "second.json",), daemon=True).start()
    work(folder / "first.json")


def _receive(lines: IO[bytes], jobs: queue.SimpleQueue[bytes], folder: Path) -> None:
    with contextlib.suppress(OSError):  # whoever ends without reading an answer resets the socket
        for line in lines:
            jobs.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _verify(verifier_class: Any, job: dict[str, Any], pact_file: Path) -> Any:
    pact_file.write_text(json.dumps(job["pact"]), encoding="utf-8")
    verifier = verifier_class(job["pact"]["provider"]["name"], job["host"])
    for transport in job["transports"]:
        verifier.add_transport(**transport)
    verifier.add_source(pact_file)
    if job["states"]:
        verifier.state_handler(job["states"], body=True)
    verifier.follow_redirects(False)
    verifier.set_request_timeout(job["within_ms"])
    verifier.set_error_on_empty_pact(enabled=True)
    verifier.set_coloured_output(enabled=False)
    with contextlib.suppress(RuntimeError):  # something is not kept: the results say what
        verifier.verify()
    return verifier.results


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
