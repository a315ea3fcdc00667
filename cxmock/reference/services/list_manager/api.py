"""What List Manager answers of the API."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Whole
from cxmock.reference.operations import Documented, Operation, several, told
from cxmock.reference.service import API
from cxmock.reference.services.list_manager.list_manager import FILE, OFFSET_LIMIT, READ_LIMIT, ListManager

BYTES = {"type": "string", "format": "binary"}
_OFFSET = {**Whole(0, OFFSET_LIMIT).schema(), "description": "Bytes that come before."}

DOCUMENTED = Documented(
    ListManager.routes,
    {
        f"GET {API}/files/{{folder}}": Operation(
            several(told(name="string", size="integer", modified="integer")), refuses=(400,)
        ),
        f"PUT {FILE}": Operation(
            told(file="string", size="integer", whole="boolean"),
            query={
                "offset": _OFFSET,
                "last": {**Choice(("true", "false")).schema(), "description": "Whether the file ends with this chunk."},
            },
            body_schema=BYTES,
            takes="application/octet-stream",
        ),
        f"GET {FILE}": Operation(
            BYTES,
            raw="application/octet-stream",
            query={
                "offset": _OFFSET,
                "count": {**Whole(0, OFFSET_LIMIT).schema(), "description": f"At most {READ_LIMIT}."},
            },
        ),
        f"DELETE {FILE}": Operation(refuses=(400,)),
    },
)
