"""What campaigns and campaign groups can be sorted and filtered by."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Text, Whole
from cxmock.reference.services.campaign_manager.dialing import MEDIA

CAMPAIGN = (
    Field("dbid", Whole(), "In Configuration."),
    Field("media", Choice(MEDIA), "How contacts are reached."),
)
GROUP = (
    *CAMPAIGN,
    Field("status", Text(32), "Where it stands."),
    Field("contactList", Text(100), "Whom it contacts."),
    Field("template", Text(100), "What it was made from."),
    Field("dialMode", Whole(1), "How it dials."),
)
