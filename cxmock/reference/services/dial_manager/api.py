"""What Dial Manager answers of the API; what OCS and Nexus ask it is no part of it."""

from __future__ import annotations

from cxmock.reference.operations import Documented, Operation, resource, several, told
from cxmock.reference.service import API
from cxmock.reference.services.dial_manager.dial_manager import DialManager
from cxmock.reference.services.dial_manager.message_templates import CONTACT, PATH, TEMPLATES
from cxmock.reference.services.dial_manager.showing import TEST

_COUNTS = told(waiting="integer", sent="integer", refused="integer", suppressed="integer", receipts="object")
_GROUP = {"campaignGroup": {"type": "string", "maxLength": 255, "description": "All, if nothing is said."}}

DOCUMENTED = Documented(
    DialManager.routes,
    {
        **resource(PATH, TEMPLATES),
        f"POST {PATH}/{{name}}/preview": Operation(
            told(
                text="string",
                subject="string",
                sender="string",
                fields=several("string"),
                missing=several("string"),
                segments="object?",
                problem="string",
            ),
            body=(CONTACT,),
        ),
        f"POST {API}/test-messages": Operation(
            told(id="string", messageId="string", to="string", text="string", subject="string"),
            (201,),
            body=TEST,
            refuses=(404, 409),
        ),
        f"GET {API}/messages/{{id}}": Operation(
            told(
                attempt="string",
                messageId="string?",
                to="string",
                campaignGroup="string",
                media="string",
                state="string",
                result="integer?",
                reason="string",
                receipts=several(told(status="string", at="number")),
            )
        ),
        f"GET {API}/message-statistics": Operation(told(sms=_COUNTS, email=_COUNTS), query=_GROUP),
    },
)
