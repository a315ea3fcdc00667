"""What contact and suppression lists can be sorted and filtered by."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Text, Whole

CONTACT_LIST = (
    Field("contacts", Whole(), "How many there are."),
    Field("devices", Whole(), "How many there are."),
    Field("rejected", Whole(), "Lines of the last file that were not imported."),
    Field("status", Text(16), "Of the last import."),
    Field("created", Whole(), "When it was made, in UTC seconds."),
)
SUPPRESSION_LIST = (
    Field("type", Choice(("Device", "ClientID")), "What its entries are."),
    Field("channel", Choice(("", "voice", "sms", "email")), "For which channel alone."),
    Field("required", Flag(), "Whether it holds for every campaign."),
    Field("entries", Whole(), "How many there are."),
    Field("created", Whole(), "When it was made, in UTC seconds."),
)
