"""The text of a campaign, with places for a contact's fields. No code in it, and nothing is filled in twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal

FIELDS: Mapping[str, str] = {
    "FirstName": "c_first_name",
    "LastName": "c_last_name",
    "Company": "c_company",
    "ClientID": "c_client_id",
    "Country": "c_country_code_iso",
    "PostalCode": "c_postal_code",
    **{f"Other{n}": f"c_other{n}" for n in range(1, 21)},
}
"""A field by the name that contact files give it -> its column in the calling list."""

_PLACE = re.compile(r"\{(\w+)(?:\|([^{}|]*))?\}")


class EmptyField(Exception):
    """A contact lacks a field that its message needs."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a campaign group sends.

    ``{FirstName}`` stands for the contact's first name; ``{FirstName|there}`` says what to put when it is empty.
    Without that, a contact whose field is empty gets no message, rather than one with a hole (syntax assumed).

    >>> Template("Hello {FirstName|there}, {Other1} calling").text_for({"c_first_name": None, "c_other1": "{Other2}"})
    'Hello there, {Other2} calling'
    """

    text: str
    subject: str = ""
    sender: str = ""
    """Who it is from; empty: the default of the channel."""

    def check(self) -> None:
        """See that every place names a field.

        Raises:
            Refusal: one does not, or there is no text (652).
        """
        if not self.text.strip():
            has = 'A campaign group has it as "message", a template as "text".'
            raise Refusal(Code.INVALID, "There is no message to send.", has)
        for part in (self.text, self.subject):
            for name, _ in _PLACE.findall(part):
                if name not in FIELDS:
                    raise Refusal(
                        Code.INVALID, f"The message has {{{name}}}, which is no field.", nearest(name, list(FIELDS))
                    )

    def places(self) -> list[str]:
        """Return the fields that it has places for, each once, in their order.

        >>> Template("{FirstName} {Other1|x} {FirstName}", "For {Company}").places()
        ['FirstName', 'Other1', 'Company']
        """
        return list(dict.fromkeys(name for part in (self.text, self.subject) for name, _ in _PLACE.findall(part)))

    def missing(self, record: Mapping[str, Any]) -> list[str]:
        """Return the fields that a record lacks, and for which nothing is to be put instead."""
        found: dict[str, None] = {}
        for part in (self.text, self.subject):
            for place in _PLACE.finditer(part):
                if place[2] is None and record.get(FIELDS[place[1]]) in (None, ""):
                    found[place[1]] = None
        return list(found)

    def text_for(self, record: Mapping[str, Any]) -> str:
        """Return the text for one contact.

        Raises:
            EmptyField: the contact lacks a field that has nothing to put instead.
        """
        return _filled(self.text, record)

    def subject_for(self, record: Mapping[str, Any]) -> str:
        """Return the subject for one contact, on one line.

        Raises:
            EmptyField: as above.
        """
        return " ".join(_filled(self.subject, record).split())


def _filled(text: str, record: Mapping[str, Any]) -> str:
    def value(place: re.Match[str]) -> str:
        name, instead = place.groups()
        found = record.get(FIELDS[name])
        if found not in (None, ""):
            return str(found)
        if instead is None:
            raise EmptyField(f"{name} is empty, and the message needs it")
        return str(instead)

    return _PLACE.sub(value, text)
