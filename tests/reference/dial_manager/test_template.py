"""A message has places for a contact's fields, and nothing in it is ever run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.reference.envelope import Refusal
from cxmock.reference.services.dial_manager.template import FIELDS, EmptyField, Template

ZOE = {"c_first_name": "Zoë", "c_last_name": "", "c_other1": "{LastName}", "c_other2": 12.5}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {FirstName}!", "Hello Zoë!"),
        ("Dear {LastName|customer}", "Dear customer"),
        ("Dear {LastName|}", "Dear "),
        ("{FirstName}{FirstName}", "ZoëZoë"),
        ("You owe {Other2} EUR", "You owe 12.5 EUR"),
        ("Say {Other1}", "Say {LastName}"),
        ("{ FirstName } and {} and {FirstName", "{ FirstName } and {} and {FirstName"),
        ("{FirstName.__class__} %s {{", "{FirstName.__class__} %s {{"),
    ],
)
def test_places_are_filled_once_and_all_else_stays_as_it_is(text: str, filled: str) -> None:
    assert Template(text).text_for(ZOE) == filled


@pytest.mark.parametrize("record", [{}, {"c_last_name": None}, {"c_last_name": ""}])
def test_a_contact_without_the_field_gets_no_message_with_a_hole(record: dict[str, Any]) -> None:
    with pytest.raises(EmptyField, match="LastName is empty, and the message needs it"):
        Template("Dear {LastName}").text_for(record)


def test_a_subject_stays_on_one_line() -> None:
    """A line break in a field would begin a new header of the e-mail."""
    subject = Template("Hello", "For {Company}").subject_for({"c_company": "Alder\r\nBcc: all@example.org"})

    assert subject == "For Alder Bcc: all@example.org"


def test_a_place_that_names_no_field_is_told_with_the_nearest_one() -> None:
    with pytest.raises(Refusal) as refused:
        Template("Hello {FirstNam}").check()

    assert refused.value.message == "The message has {FirstNam}, which is no field."
    assert refused.value.detail == 'Did you mean "FirstName"?'
    with pytest.raises(Refusal, match="which is no field"):
        Template("Hello", "For {Firm}").check()


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_campaign_group_without_a_message_sends_none(text: str) -> None:
    with pytest.raises(Refusal, match="There is no message to send"):
        Template(text).check()


@given(text=st.text(), values=st.dictionaries(st.sampled_from(sorted(FIELDS.values())), st.text()))
def test_any_text_is_filled_or_refused(text: str, values: dict[str, str]) -> None:
    template = Template(text)
    try:
        template.check()
        template.text_for(values)
    except (Refusal, EmptyField):
        pass
