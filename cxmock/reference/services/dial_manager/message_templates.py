"""Message templates: texts with places for fields, kept by name, looked at before they are sent.

That there are templates is assumed, and so is what they have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Choice, Field, Record, Text
from cxmock.reference.resources import ObjectKind
from cxmock.reference.service import API
from cxmock.reference.services.dial_manager.message import EMAIL_LIMIT, SENDERS, is_endpoint, too_long
from cxmock.reference.services.dial_manager.segments import SEGMENTS_LIMIT, segments_of
from cxmock.reference.services.dial_manager.template import FIELDS, Template

MEDIA = Choice(tuple(SENDERS))
SUBJECT_LIMIT = 255
CONTACT = Field(
    "fields",
    Record(tuple(Field(name, Text(255), "Of the contact.") for name in FIELDS)),
    "The fields of the contact to write to.",
    default={},
)


def _check(found: Mapping[str, Any]) -> None:
    """See that a template can be sent.

    Raises:
        Refusal: it has a place for no field, needs too many segments, or is from nobody (652).
    """
    media, template = found["media"], template_of(found)
    template.check()
    if media == "sms" and template.subject:
        raise Refusal(Code.INVALID, '"subject" is given.', "A text message has none.")
    if template.sender and not is_endpoint(media, template.sender):
        raise Refusal(
            Code.INVALID,
            f'"sender" is {template.sender!r:.60}.',
            f"For {media}: one like {SENDERS[media]}.",
        )
    if problem := too_long(media, template.text):
        raise Refusal(Code.INVALID, f'"text" is too long: {problem}.', f"At most {SEGMENTS_LIMIT} segments.")


TEMPLATES = ObjectKind(
    "message-templates",
    "message template",
    (
        Field("media", MEDIA, "What it is for.", needed=True),
        Field("text", Text(EMAIL_LIMIT, least=1), "With places such as {FirstName|there}.", needed=True),
        Field("subject", Text(SUBJECT_LIMIT), "Of an e-mail; with places, too.", default=""),
        Field("sender", Text(256), "Who it is from; empty: as Dial Manager has it.", default=""),
    ),
    check=_check,
)
PATH = f"{API}/{TEMPLATES.name}"


def template_of(data: Mapping[str, Any]) -> Template:
    """Return the template that an object's fields make."""
    return Template(data["text"], data["subject"], data["sender"])


def columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contact's fields, named as in contact files, by the columns of calling lists.

    >>> columns({"FirstName": "Ada", "Company": None})
    {'c_first_name': 'Ada', 'c_company': None}
    """
    return {FIELDS[name]: value for name, value in fields.items()}


def preview(media: str, template: Template, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a message looks to a contact with these fields, and how many segments it needs.

    >>> told = preview("sms", Template("Hello {FirstName}, {Other1|see you}"), {"FirstName": "Ada"})
    >>> told["text"], told["fields"], told["segments"], told["missing"]
    ('Hello Ada, see you', ['FirstName', 'Other1'], {'encoding': 'GSM-7', 'units': 18, 'count': 1}, [])
    """
    record = columns(fields)
    missing = template.missing(record)
    shown = record | {FIELDS[name]: f"{{{name}}}" for name in missing}
    text, subject = template.text_for(shown), template.subject_for(shown)
    return {
        "text": text,
        "subject": subject,
        "sender": template.sender or SENDERS[media],
        "fields": template.places(),
        "missing": missing,
        "segments": asdict(segments_of(text)) if media == "sms" else None,
        "problem": too_long(media, text),
    }
