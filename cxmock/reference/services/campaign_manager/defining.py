"""Campaign groups as requests define them: from a campaign template, or field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.reference.envelope import Code, Refusal, given, needed, one_of
from cxmock.reference.names import valid_name
from cxmock.reference.resources import Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.campaign_manager.dialing import MEDIA, TYPES, Dialing, dialing_of
from cxmock.reference.services.campaign_manager.objects import CampaignGroup
from cxmock.reference.services.campaign_manager.profiles import (
    CAMPAIGN_TEMPLATES,
    DIALING_PROFILES,
    MOST_CHANNELS,
    SESSION_PROFILES,
    checked,
)
from cxmock.wire.genesys.enumerations import DialMode

OF_TEMPLATE = ("media", "dialMode", "optimizeBy", "optimizeGoal", "channels")
"""What only the template says, where there is one."""
TEXT_LIMIT = 4000
"""Characters of a message (assumed)."""


async def group_of(runtime: Runtime, data: Mapping[str, Any]) -> CampaignGroup:
    """Return the campaign group that a request defines.

    Raises:
        Refusal: a field is missing (651) or wrong (652), or what the template builds on is not there (604).
    """
    campaign = valid_name("name", needed(data, "name", str))
    if "@" in campaign:
        raise Refusal(Code.INVALID, '"name" has an "@".', "It is the campaign's name; the group's comes after the @.")
    group = valid_name("group", needed(data, "group", str))
    contact_list = valid_name("contactList", needed(data, "contactList", str))
    texts = {name: text_of(data, name) for name in ("message", "subject", "sender")}
    if data.get("template") is not None:
        template = valid_name("template", needed(data, "template", str))
        if said := [name for name in OF_TEMPLATE if data.get(name) is not None]:
            raise Refusal(
                Code.INVALID,
                f'"{said[0]}" is the template\'s to say.',
                f'Change the dialing profile that "{template}" builds on, or leave "template" out.',
            )
        return await _from_template(runtime, template, campaign, group, contact_list, texts)
    media = one_of("media", given(data, "media", "voice"), MEDIA)
    if media != "voice" and not texts["message"]:
        raise Refusal(Code.MISSING, '"message" is missing.', f"It is the text that the {media} campaign sends.")
    channels = data.get("channels")
    if channels is not None and (type(channels) is not int or not 1 <= channels <= MOST_CHANNELS):
        raise Refusal(Code.INVALID, f'"channels" is {channels!r:.40}.', f"From 1 to {MOST_CHANNELS} are possible.")
    return CampaignGroup(
        campaign=campaign,
        group=group,
        contact_list=contact_list,
        media=media,
        dialing=dialing_of(data, Dialing(DialMode.PREDICT if media == "voice" else DialMode.POWER)),
        channels=channels,
        message=texts["message"],
        subject=texts["subject"],
        sender=texts["sender"],
    )


async def _from_template(
    runtime: Runtime, name: str, campaign: str, group: str, contact_list: str, texts: Mapping[str, str]
) -> CampaignGroup:
    template = (await Resource(runtime, CAMPAIGN_TEMPLATES).needed(name)).data
    profile = (await Resource(runtime, DIALING_PROFILES).needed(template["dialingProfile"])).data
    session = (await Resource(runtime, SESSION_PROFILES).needed(profile["sessionProfile"])).data
    chosen = {what: template[what] for what in ("rules", "suppressionLists") if template[what] is not None}
    return CampaignGroup(
        campaign=campaign,
        group=group,
        contact_list=contact_list,
        media=TYPES[profile["type"]],
        dialing=checked(profile),
        channels=session["channels"],
        template=name,
        caller_id=session["callerId"],
        message=texts["message"] or profile["message"],
        subject=texts["subject"] or profile["subject"],
        sender=texts["sender"] or profile["sender"],
        choice={what: names or [] for what, names in chosen.items()}
        if any(names is not None for names in chosen.values())
        else None,
    )


def text_of(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a message.

    Raises:
        Refusal: it is of another type, too long, or has a NUL (652).
    """
    text = given(data, name, "")
    if len(text) > TEXT_LIMIT or "\x00" in text:
        raise Refusal(Code.INVALID, f'"{name}" cannot be kept.', f"At most {TEXT_LIMIT} characters, none of them NUL.")
    return text
