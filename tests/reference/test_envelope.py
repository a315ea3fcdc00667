"""How requests are read and refused: the envelope, its codes, and fields of a body."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.reference.envelope import Code, Refusal, data_of, given, needed, one_of
from cxmock.reference.names import valid_name
from cxmock.wire.http import Request


@pytest.mark.parametrize(
    ("body", "data"), [(b'{"a":1}', {"a": 1}), (b'{"data":{"a":1},"operationId":"x"}', {"a": 1}), (b"", {})]
)
def test_data_comes_bare_or_in_an_envelope(body: bytes, data: object) -> None:
    assert data_of(Request("POST", "/", body=body)) == data


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as raised:
        data_of(Request("POST", "/", body=body))
    assert (raised.value.code, raised.value.status) == (Code.INVALID, 400)


def test_a_missing_field_is_named_with_those_that_are_there() -> None:
    with pytest.raises(Refusal) as raised:
        needed({"nam": "x"}, "name", str)
    assert (raised.value.code, raised.value.message) == (Code.MISSING, '"name" is missing.')
    assert raised.value.detail == "The body has: nam."


@pytest.mark.parametrize(("value", "default"), [(1, "text"), ("1", 1), (True, 1), (1, True), ([], "")])
def test_a_field_of_another_type_is_refused(value: object, default: Any) -> None:
    with pytest.raises(Refusal) as raised:
        given({"field": value}, "field", default)
    assert raised.value.code == Code.INVALID


def test_a_value_that_is_none_of_the_known_gets_the_nearest() -> None:
    with pytest.raises(Refusal) as raised:
        one_of("media", "voise", ("voice", "sms"))
    assert raised.value.detail == 'Did you mean "voice"?'


@pytest.mark.parametrize("name", ["", " x", "x ", ".x", "a/b", "a*", "a\nb", "x" * 101, "a:b", "..", "a\x00"])
def test_a_name_that_means_something_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        valid_name("name", name)


def test_a_refusal_is_told_in_an_envelope() -> None:
    answer = Refusal(Code.NOT_FOUND, "No such list.", "There are none.").answer("/x")
    assert answer.status == 404
    assert answer.json() == {
        "status": {"code": 604, "message": "No such list.", "detail": "There are none."},
        "data": None,
        "errors": [{"code": 604, "message": "No such list."}],
        "path": "/x",
    }
