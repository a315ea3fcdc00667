"""What Compliance Manager answers of the API; what OCS asks it is no part of it."""

from __future__ import annotations

from cxmock.reference.fields import Field, Name, Several
from cxmock.reference.operations import Documented, Operation, told
from cxmock.reference.paging import parameters
from cxmock.reference.services.compliance_manager.compliance_manager import CHOICES, RULES, ComplianceManager
from cxmock.reference.services.compliance_manager.lists import RULE

_RULE = {
    "type": "object",
    "properties": {"type": RULE[0].kind.schema()},
    "required": ["type"],
}
_CHOICE = (
    Field("rules", Several(Name(), most=1000), "Rules beside the required ones."),
    Field("suppressionLists", Several(Name(), most=1000), "Suppression lists beside the required ones."),
)
_CHOSEN = told(rules={"type": "array"}, suppressionLists={"type": "array"})

DOCUMENTED = Documented(
    ComplianceManager.routes,
    {
        f"GET {RULES}": Operation(
            {"type": "object", "additionalProperties": _RULE}, query=parameters(RULE), paged=True
        ),
        f"GET {RULES}/{{name}}": Operation(told(name="string", type="string")),
        f"PUT {RULES}/{{name}}": Operation(told(name="string"), body_schema=_RULE, refuses=(409,)),
        f"DELETE {RULES}/{{name}}": Operation(),
        f"GET {CHOICES}/{{group}}": Operation({"anyOf": [_CHOSEN, {"type": "null"}]}),
        f"PUT {CHOICES}/{{group}}": Operation(_CHOSEN, body=_CHOICE),
        f"DELETE {CHOICES}/{{group}}": Operation(),
    },
)
