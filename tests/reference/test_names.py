"""What a name can be is said twice, in Python and as a pattern for the OpenAPI document: both say the same."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxmock.reference.envelope import Refusal
from cxmock.reference.fields import Name
from cxmock.reference.names import PATTERN, is_name, valid_name


@given(st.text(max_size=110) | st.text(st.sampled_from(" .a/\\*?:|\t\x7f\u00e9\u2003"), max_size=6))
@example("")
@example(" a")
@example("a ")
@example(".a")
@example("a.")
@example("a\n")
def test_the_pattern_and_the_check_agree(name: str) -> None:
    matches = re.fullmatch(PATTERN, name) is not None and name.isprintable() and len(name) <= 100
    assert matches == is_name(name)


@given(st.text(st.sampled_from(" .aB7/\\*?:|-@_"), max_size=8))
def test_json_schema_reads_the_pattern_alike(name: str) -> None:
    assert jsonschema_rs.is_valid(Name().schema(), name) == is_name(name)


@given(st.text(max_size=110).filter(lambda name: not is_name(name)))
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match='"name"'):
        valid_name("name", name)
