"""What List Builder answers of the API."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Several, Text, Whole
from cxmock.reference.operations import Documented, Operation, listed, resource, several, told
from cxmock.reference.service import API
from cxmock.reference.services.list_builder.asking import EXPORT, HOW, IMPORT, NAME
from cxmock.reference.services.list_builder.kinds import FILTERS, MAPPINGS, SELECTIONS, UPLOADS
from cxmock.reference.services.list_builder.list_builder import (
    COMPLIANCE,
    CONTACTS,
    ENTRY_TYPES,
    SUPPRESSION,
    ListBuilder,
)
from cxmock.reference.services.list_builder.lists import CONTACT_LIST, SUPPRESSION_LIST
from cxmock.reference.services.list_builder.pgp_keys import FIELDS
from cxmock.reference.services.list_builder.pgp_keys import KIND as PGP_KEYS
from cxmock.reference.services.list_builder.suppressing import CHANNELS, LAST_MOMENT

COUNTRY = "[A-Z]{2}"
_EXPIRES = Field("expires", Whole(0, LAST_MOMENT), "UTC seconds to come; 0: for ever.")
_HOLDS = (
    Field("channel", Choice(CHANNELS), "For which channel alone; empty: all."),
    Field("required", Flag(), "Whether it holds for every campaign."),
    _EXPIRES,
)
_CONTACT_LIST = told(name="string", contacts="integer", devices="integer", created="integer", rejected="integer")
_IMPORT = told(
    id="integer",
    file="string",
    status="string",
    reason="string",
    began="integer",
    ended="integer?",
    lines="integer",
    imported="integer",
    duplicates="integer",
    rejected="integer",
)
_KEY = told(name="string", fingerprint="string", created="integer")
_SUPPRESSION_LIST = told(
    name="string",
    type="string",
    channel="string",
    required="boolean",
    expires="integer?",
    entries="integer",
    created="integer",
)
_COMPLIANCE = told(version="string", fetched="integer", areaCodes="integer", countries="integer", problem="string")
_ENTRY = f"{SUPPRESSION}/{{name}}/entries/{{entry}}"

DOCUMENTED = Documented(
    ListBuilder.routes,
    {
        f"GET {CONTACTS}": listed(_CONTACT_LIST, CONTACT_LIST),
        f"POST {CONTACTS}": Operation(
            told(name="string", file="string", **{"import": "integer"}),
            (200, 202),
            body=IMPORT,
            refuses=(404, 409),
        ),
        f"GET {CONTACTS}/{{name}}": Operation(_CONTACT_LIST),
        f"DELETE {CONTACTS}/{{name}}": Operation(refuses=(409,)),
        f"GET {CONTACTS}/{{name}}/imports": Operation(several(_IMPORT)),
        f"GET {CONTACTS}/{{name}}/rejects": Operation(
            several(told(file="string", line="integer", reason="string", content="string"))
        ),
        f"POST {CONTACTS}/{{name}}/export": Operation(
            told(name="string", file="string", records="integer", size="integer"), body=EXPORT
        ),
        f"GET {SUPPRESSION}": listed(_SUPPRESSION_LIST, SUPPRESSION_LIST),
        f"POST {SUPPRESSION}": Operation(
            told(name="string", file="string", entries="integer"),
            body=(NAME, *HOW, Field("type", Choice(ENTRY_TYPES), "What entries are."), *_HOLDS),
            refuses=(404, 409),
        ),
        f"GET {SUPPRESSION}/{{name}}": Operation(_SUPPRESSION_LIST),
        f"PUT {SUPPRESSION}/{{name}}": Operation(_SUPPRESSION_LIST, body=_HOLDS, refuses=(409,)),
        f"DELETE {SUPPRESSION}/{{name}}": Operation(refuses=(409,)),
        f"POST {SUPPRESSION}/{{name}}/entries": Operation(
            told(name="string", added="integer", entries="integer"),
            body=(
                Field("entries", Several(Text(128, 1), least=1, most=1000), "Devices or client ids.", needed=True),
                Field("country", Text(2, pattern=COUNTRY), "ISO 3166, of numbers that do not say it."),
                _EXPIRES,
            ),
        ),
        f"GET {_ENTRY}": Operation(told(entry="string", expires="integer?")),
        f"DELETE {_ENTRY}": Operation(),
        f"GET {COMPLIANCE}": Operation(_COMPLIANCE),
        f"POST {COMPLIANCE}": Operation(_COMPLIANCE),
        **resource(f"{API}/{MAPPINGS.name}", MAPPINGS),
        **resource(f"{API}/{SELECTIONS.name}", SELECTIONS),
        **resource(f"{API}/{FILTERS.name}", FILTERS),
        **resource(f"{API}/{UPLOADS.name}", UPLOADS),
        f"GET {API}/{PGP_KEYS}": listed(_KEY, ()),
        f"POST {API}/{PGP_KEYS}": Operation(_KEY, (201,), body=FIELDS, refuses=(409,)),
        f"DELETE {API}/{PGP_KEYS}/{{name}}": Operation(),
    },
)
