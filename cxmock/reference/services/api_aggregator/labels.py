"""Labels: words by which people sort contact lists. That there are some is documented, what they have is assumed."""

from __future__ import annotations

from cxmock.reference.fields import Field, Name, Several, Text
from cxmock.reference.resources import ObjectKind

LABELS = ObjectKind(
    "labels",
    "label",
    (
        Field("description", Text(), "What it is for.", default=""),
        Field("color", Text(7, pattern="(?:#[0-9a-f]{6})?"), "How it is shown: #rrggbb.", default=""),
        Field("contactLists", Several(Name(), most=1000), "The contact lists that have it.", default=[]),
    ),
)
