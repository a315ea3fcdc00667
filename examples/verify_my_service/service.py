"""A Compliance Manager of your own: OCS asks it before each call, and tells it what became of each (connection 8).

It is written with the standard library alone, and in the language of HTTP it could be written in any other.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NEEDED = {
    "/ocs/validation": ["GSW_PHONE"],
    "/ocs/history": ["GSW_CALL_ATTEMPT_GUID", "GSW_HIST_SEQUENCE_NUM", "GSW_TENANT_NAME", "GSW_TENANT_CCID"],
    "/ocs/campaign-group-states": ["GSW_CAMPAIGN_GROUP_NAME"],
}
"""Path -> what has to be told there."""
LONGEST = {"GSW_PHONE": 255, "GSW_CAMPAIGN_GROUP_NAME": 255}
"""What is told -> the characters that it may have."""
CHANNELS = ("voice", "sms", "email")
BEGINS_OR_ENDS = (0, 1)
"""What OCS tells of an attempt: that it begins, and how it ended."""
LAST_SECOND = 2**31 - 1
DO_NOT_CALL = 51
MISSING, INVALID, NOT_YOURS = 651, 652, 603

Answer = tuple[int, dict[str, Any]]


class Compliance:
    """Knows who must not be called, and whose tenant it is."""

    tenant, ccid = "Acme", "54740030-8867-4790-9ff5-f224bcc7eff5"

    def __init__(self) -> None:
        self.suppressed: dict[str, str] = {}
        """Device -> the suppression list that it is on."""

    def answer(self, path: str, told: dict[str, Any]) -> Answer:
        """Answer OCS."""
        if path not in NEEDED:
            return self.refuse(404, 404, f"there is no {path}", path)
        for name in NEEDED[path]:
            if name not in told:
                return self.refuse(400, MISSING, f"{name} is missing", path)
        if told.get("GSW_TENANT_CCID", self.ccid) != self.ccid:
            return self.refuse(403, NOT_YOURS, "this is another tenant's", path)
        if wrong := mistake(path, told):
            return self.refuse(400, INVALID, f"{wrong} cannot be that", path)
        if path == "/ocs/validation":
            return self.validate(told["GSW_PHONE"])
        return 200, {"status": {"code": 0, "message": "OK", "detail": ""}, "data": None}

    def validate(self, device: str) -> Answer:
        """Say whether a device may be called."""
        if (name := self.suppressed.get(device)) is None:
            return 200, {}
        blocked = {"GSW_BLOCKING_RULE": name, "GSW_BLOCKING_RULE_TYPE": "suppression"}
        return 409, {"GSW_CALL_RESULT": DO_NOT_CALL, **blocked}

    def refuse(self, status: int, code: int, message: str, path: str) -> Answer:
        """Say why not."""
        error = {"code": code, "message": message}
        return status, {"status": {**error, "detail": ""}, "data": None, "errors": [error], "path": path}

    def bring_about(self, path: str, change: dict[str, Any]) -> Answer:
        """Bring about a provider state, as Pact asks for it; only where the service is tested."""
        match change["state"]:
            case "the tenant is known":
                return 200, {"tenant": self.tenant, "ccid": self.ccid}
            case "campaign group {name} has told its state":
                return 200, {}  # whichever tells its state is known
            case "device {device} is on suppression list {name}":
                self.suppressed[change["params"]["device"]] = change["params"]["name"]
                return 200, {}
        return self.refuse(404, 404, "there is no such state", path)


def mistake(path: str, told: dict[str, Any]) -> str:
    """Return the name of what has a value that it cannot have, if something has."""
    if told.get("media", "voice") not in CHANNELS:
        return "media"
    for name, most in LONGEST.items():
        if len(str(told.get(name, ""))) > most:
            return name
    if path == "/ocs/history" and told["GSW_HIST_SEQUENCE_NUM"] not in BEGINS_OR_ENDS:
        return "GSW_HIST_SEQUENCE_NUM"
    if not isinstance(told.get("GSW_CALL_RESULT", 0), int):
        return "GSW_CALL_RESULT"
    return "" if 0 <= told.get("GSW_CALL_TIME", 0) <= LAST_SECOND else "GSW_CALL_TIME"


class FirstTry(Compliance):
    """As it might be written first. Who finds the two mistakes?"""

    def answer(self, path: str, told: dict[str, Any]) -> Answer:
        """Answer OCS, and remember every attempt, whoever tells of it."""
        if path == "/ocs/history":
            return 200, {"status": {"code": 0, "message": "OK", "detail": ""}, "data": None}
        return super().answer(path, told)

    def validate(self, device: str) -> Answer:
        """Say whether a device may be called."""
        status, said = super().validate(device)
        return status, {name: str(value) for name, value in said.items()}


def serve(compliance: Compliance, port: int = 0, *, tested: bool = False) -> ThreadingHTTPServer:
    """Return a server at ``port``, or at any free one; ``serve_forever`` has it answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            arranging = tested and self.path == "/provider-states"
            answer = compliance.bring_about if arranging else compliance.answer
            status, said = answer(self.path, json.loads(body))
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *words: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    with serve(Compliance(), int(sys.argv[1]), tested="--tested" in sys.argv) as server:
        server.serve_forever()
