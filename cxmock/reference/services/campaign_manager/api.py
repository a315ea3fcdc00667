"""What Campaign Manager answers of the API."""

from __future__ import annotations

from typing import Any

from cxmock.reference.fields import Choice, Field, Flag, Name, Text, Whole, object_schema, or_null
from cxmock.reference.operations import Documented, Operation, listed, resource, told
from cxmock.reference.service import API
from cxmock.reference.services.campaign_manager.campaign_manager import CAMPAIGNS, GROUPS, CampaignManager
from cxmock.reference.services.campaign_manager.defining import TEXT_LIMIT
from cxmock.reference.services.campaign_manager.dialing import MEDIA, word
from cxmock.reference.services.campaign_manager.lists import CAMPAIGN, GROUP
from cxmock.reference.services.campaign_manager.profiles import (
    CAMPAIGN_TEMPLATES,
    DIALING_PROFILES,
    GOALS,
    MOST_CHANNELS,
    SESSION_PROFILES,
)
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy

_TEXTS = (
    Field("message", Text(TEXT_LIMIT), "What SMS and e-mail say, with {holes}."),
    Field("subject", Text(TEXT_LIMIT), "Of e-mail."),
    Field("sender", Text(TEXT_LIMIT), "Of SMS and e-mail."),
)


def _words(kind: type[DialMode] | type[OptimizeBy], meaning: str) -> dict[str, Any]:
    """Return the schema of a member of ``kind``, by its number or its word."""
    members = [one for member in kind for one in (int(member), word(member))]
    return {"enum": [*members, None], "description": meaning}


_DIALING = {
    "dialMode": _words(DialMode, "How it dials."),
    "optimizeBy": _words(OptimizeBy, "Of predictive modes: what to aim at."),
    "optimizeGoal": or_null(Whole(0, GOALS).schema()),
}
_WANTED = object_schema(
    (
        Field("name", Name(), "Of the campaign.", needed=True),
        Field("group", Name(), "The agent group that works on it.", needed=True),
        Field("contactList", Name(), "Whom to contact.", needed=True),
        Field("template", Name(), "The campaign template that says the rest."),
        Field("media", Choice(MEDIA), "How, without a template."),
        Field("channels", Whole(1, MOST_CHANNELS), "Attempts at the same time, without a template."),
        *_TEXTS,
    )
)
_WANTED["properties"] |= _DIALING
_CHANGED = object_schema(_TEXTS)
_CHANGED["properties"] |= _DIALING
_COMMANDED = object_schema(
    (Field("autoCompletion", Flag(), "Of load: whether it is unloaded when nothing is left to dial.", default=True),)
)
_COMMANDED["properties"] |= _DIALING
_STANDS = told(name="string", dbid="integer", status="string")
_STATISTIC = {"name": {"type": "string", "minLength": 1, "description": "Such as CampaignHitRatio; without it, all."}}

DOCUMENTED = Documented(
    CampaignManager.routes,
    {
        **resource(f"{API}/{SESSION_PROFILES.name}", SESSION_PROFILES, refuses=(404, 409)),
        **resource(f"{API}/{DIALING_PROFILES.name}", DIALING_PROFILES, refuses=(404, 409)),
        **resource(f"{API}/{CAMPAIGN_TEMPLATES.name}", CAMPAIGN_TEMPLATES, refuses=(404, 409)),
        f"GET {CAMPAIGNS}": listed(told(name="string", dbid="integer"), CAMPAIGN),
        f"GET {GROUPS}": listed(_STANDS, GROUP),
        f"POST {GROUPS}": Operation(
            told(name="string", dbid="integer", campaignDBID="integer", groupDBID="integer"),
            (201,),
            body_schema=_WANTED,
            refuses=(404, 409),
        ),
        f"GET {GROUPS}/{{name}}": Operation(_STANDS),
        f"PUT {GROUPS}/{{name}}": Operation(told(name="string", dbid="integer"), body_schema=_CHANGED, refuses=(409,)),
        f"DELETE {GROUPS}/{{name}}": Operation(refuses=(409,)),
        f"GET {GROUPS}/{{name}}/statistics": Operation({"type": "object"}, query=_STATISTIC),
        f"POST {GROUPS}/{{name}}/{{command}}": Operation(_STANDS, body_schema=_COMMANDED, refuses=(409,)),
    },
)
