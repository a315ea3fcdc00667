"""What Campaign Manager answers of the API."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Name, Text, object_schema
from cxmock.reference.operations import Documented, Operation, listed, told
from cxmock.reference.service import API
from cxmock.reference.services.campaign_manager.campaign_manager import GROUPS, CampaignManager
from cxmock.reference.services.campaign_manager.lists import CAMPAIGN, GROUP
from cxmock.reference.services.campaign_manager.objects import MEDIA

_WANTED = object_schema(
    (
        Field("name", Name(), "Of the campaign.", needed=True),
        Field("group", Name(), "The agent group that works on it.", needed=True),
        Field("contactList", Name(), "Whom to contact.", needed=True),
        Field("media", Choice(MEDIA), "How.", default="voice"),
        Field("message", Text(), "What SMS and e-mail say."),
        Field("subject", Text(), "Of e-mail."),
        Field("sender", Text(), "Of SMS and e-mail."),
    )
)
_WORD_OR_NUMBER = {"type": ["string", "integer", "null"]}
_WANTED["properties"] |= {"dialMode": _WORD_OR_NUMBER, "optimizeBy": _WORD_OR_NUMBER}
_WANTED["properties"] |= {"optimizeGoal": {"type": ["integer", "null"]}}
_COMPLETING = (Field("autoCompletion", Flag(), "Whether it is unloaded when nothing is left to dial.", default=True),)
_STANDS = told(name="string", dbid="integer", status="string")
_STATISTIC = {"name": {"type": "string", "minLength": 1, "description": "Such as CampaignHitRatio."}}

DOCUMENTED = Documented(
    CampaignManager.routes,
    {
        f"GET {API}/campaigns": listed(told(name="string", dbid="integer"), CAMPAIGN),
        f"GET {GROUPS}": listed(_STANDS, GROUP),
        f"POST {GROUPS}": Operation(
            told(name="string", dbid="integer", campaignDBID="integer", groupDBID="integer"),
            (201,),
            body_schema=_WANTED,
            refuses=(404, 409),
        ),
        f"GET {GROUPS}/{{name}}": Operation(_STANDS),
        f"GET {GROUPS}/{{name}}/statistics": Operation({"type": "object"}, query=_STATISTIC),
        f"POST {GROUPS}/{{name}}/{{command}}": Operation(_STANDS, body=_COMPLETING, refuses=(409,)),
    },
)
