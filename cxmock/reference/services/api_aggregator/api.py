"""What API Aggregator answers itself."""

from __future__ import annotations

from cxmock.reference.account import SETTINGS
from cxmock.reference.api_keys import API_KEYS
from cxmock.reference.fields import Field, Text, object_schema
from cxmock.reference.operations import Documented, Operation, listed, resource, told
from cxmock.reference.resources import KEPT
from cxmock.reference.service import API
from cxmock.reference.services.api_aggregator.api_aggregator import DOCUMENT, KEYS, ApiAggregator
from cxmock.reference.services.api_aggregator.labels import LABELS

LOGIN = (
    Field("username", Text(255, 1), "Of a user of the tenant, with or without the tenant before it.", needed=True),
    Field("password", Text(255, 1), "At GWS.", needed=True),
)
SESSION = told(
    username="string",
    tenant="string",
    ccid="string",
    person_dbid="integer",
    privileges={"type": "array", "items": {"type": "string"}},
    read_only="boolean",
    api_key="string",
)
_KEY = API_KEYS.told()
_NEW_KEY = {
    **_KEY,
    "properties": {**_KEY["properties"], "key": {"type": "string", "description": "Told this once."}},
    "required": [*_KEY["required"], "key"],
}
_SETTINGS = object_schema(SETTINGS.fields, told=True)

DOCUMENTED = Documented(
    ApiAggregator.routes,
    {
        f"POST {API}/login": Operation(SESSION, body=LOGIN, open=True, refuses=(401, 403)),
        f"POST {API}/logout": Operation(for_readers=True),
        f"GET {API}/session": Operation(SESSION),
        f"GET {DOCUMENT}": Operation({"type": "object"}, raw="application/json", open=True),
        **resource(f"{API}/{LABELS.name}", LABELS),
        f"GET {KEYS}": listed(_KEY, (*API_KEYS.fields, *KEPT)),
        f"POST {KEYS}": Operation(_NEW_KEY, (201,), body_schema=API_KEYS.wanted(named=True), refuses=(409,)),
        f"GET {KEYS}/{{name}}": Operation(_KEY),
        f"DELETE {KEYS}/{{name}}": Operation(),
        f"GET {API}/settings": Operation(_SETTINGS),
        f"PATCH {API}/settings": Operation(_SETTINGS, body=SETTINGS.fields),
    },
)
