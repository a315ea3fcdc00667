"""What is promised, what fits and what does not, and what is said about it: vectors of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cxmock.contracts.matching import (
    Content,
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import Body, HttpRequest, HttpResponse, Message, Rules
from cxmock.wire.http import Request, Response, to_json

FOLDER = Path(__file__).parent / "vectors"
JSON = "application/json"


CASES: list[tuple[str, dict[str, Any]]] = [
    (f"{file.stem}: {case['case']}", case)
    for file in sorted(FOLDER.glob("*.json"))
    for case in json.loads(file.read_text())["cases"]
]


def found(case: dict[str, Any], actual: Any) -> list[str]:
    """Return what our matcher says of what arrives."""
    if "request" in case:
        raw = [(name.encode(), value.encode()) for name, value in actual["headers"]]
        request = Request(actual["method"], actual["target"], raw, actual["body"].encode())
        mismatches = compile_request(msgspec.convert(case["request"], HttpRequest)).mismatches(SeenRequest.of(request))
    elif "response" in case:
        raw = [(name.encode(), value.encode()) for name, value in actual["headers"]]
        response = Response(actual["status"], raw, actual["body"].encode())
        promised = compile_response(msgspec.convert(case["response"], HttpResponse))
        mismatches = promised.mismatches(SeenResponse.of(response))
    else:
        kind = case.get("type", JSON)
        rules = msgspec.convert({"body": case.get("rules", {})}, Rules)
        message = compile_message(Message(contents=Body(case["example"], kind), matching_rules=rules))
        data = to_json(actual) if kind == JSON else actual.encode()
        mismatches = message.mismatches(Content(data, content_type=kind))
    return [str(one) for one in mismatches]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_what_fits_is_good_and_what_does_not_is_told(case: dict[str, Any]) -> None:
    for actual in case["good"]:
        assert found(case, actual) == []
    for bad in case["bad"]:
        assert found(case, bad["actual"]) == bad["because"]


def test_there_are_some_dozens() -> None:
    assert sum(len(case["good"]) + len(case["bad"]) for _, case in CASES) > 100
