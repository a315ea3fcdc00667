"""The objects that say how a file is imported: data-mapping schemas; selection, filtering and upload rules.

That there are these is documented; their fields are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Choice, Field, Flag, Number, Record, Several, Text, Whole
from cxmock.reference.resources import ObjectKind
from cxmock.reference.services.list_builder.columns import heading_key, known_fields
from cxmock.reference.services.list_builder.conditions import Condition
from cxmock.reference.services.list_builder.layout import DELIMITERS, Layout
from cxmock.reference.services.list_builder.specification import COLUMN_LIMIT
from cxmock.reference.services.list_builder.splitting import LISTS, PART_LIMIT

DESCRIPTION = Field("description", Text(), "What it is for.", default="")
_PART = Text(PART_LIMIT, least=1, pattern=r"[0-9A-Za-z](?:[0-9A-Za-z _-]*[0-9A-Za-z])?")


def _mapping(data: Mapping[str, Any]) -> None:
    """Check that each column is told in one way, and each field once."""
    fields = [one["field"] for one in data["columns"]]
    if twice := next((one for one in fields if fields.count(one) > 1), None):
        raise Refusal(Code.INVALID, f'"columns" has two columns for {twice}.')
    for number, one in enumerate(data["columns"]):
        if (one["heading"] == "") == (one["position"] is None):
            raise Refusal(Code.INVALID, f'"columns[{number}]" is to have either "heading" or "position".')
        if one["heading"] and not data["header"]:
            raise Refusal(Code.INVALID, f'"columns[{number}].heading" needs a header, and "header" is false.')
    if not data["header"] and not data["columns"]:
        raise Refusal(Code.MISSING, '"columns" is missing.', "Without a header they tell what is what.")


MAPPINGS = ObjectKind(
    "data-mapping-schemas",
    "data-mapping schema",
    (
        DESCRIPTION,
        Field("header", Flag(), "Whether the first row of a file has headings.", default=True),
        Field("delimiter", Choice(("", *DELIMITERS)), "Between fields; empty: the header tells.", default=""),
        Field(
            "columns",
            Several(
                Record(
                    (
                        Field("heading", Text(100), "The column, by its heading in the file.", default=""),
                        Field("position", Whole(1, COLUMN_LIMIT), "The column, counted from 1."),
                        Field("field", Choice(known_fields()), "What it is.", needed=True),
                    )
                ),
                most=len(known_fields()),
            ),
            "Which column is which field; others are known by their own headings.",
            default=[],
        ),
    ),
    check=_mapping,
)

SELECTIONS = ObjectKind(
    "selection-rules",
    "selection rule",
    (DESCRIPTION, Field("condition", Condition(), "Only rows that meet it are imported.", needed=True)),
)
FILTERS = ObjectKind(
    "filtering-rules",
    "filtering rule",
    (DESCRIPTION, Field("condition", Condition(), "Rows that meet it are left out.", needed=True)),
)


_NEEDED = {"quantity": ("quantity",), "percent": ("lists",), "field": ("field",), "custom": ("lists",)}
_UNUSED: dict[str, Any] = {"quantity": None, "field": "", "lists": [], "otherwise": ""}


def _upload(data: Mapping[str, Any]) -> None:
    """Check that a rule has what its way of splitting needs, and nothing else."""
    by = data["by"]
    for name, nothing in _UNUSED.items():
        wanted = name in _NEEDED[by]
        if wanted and data[name] == nothing:
            raise Refusal(Code.MISSING, f'"{name}" is missing.', f"A split by {by} needs it.")
        if not wanted and data[name] != nothing and (by, name) != ("custom", "otherwise"):
            raise Refusal(Code.INVALID, f'"{name}" means nothing in a split by {by}.')
    names = [one["name"] for one in data["lists"]] + [data["otherwise"] or None]
    if len(set(names)) != len(names):
        raise Refusal(Code.INVALID, '"lists" has a name twice.')
    for number, one in enumerate(data["lists"]):
        told, needed = ("condition", "percent") if by == "percent" else ("percent", "condition")
        if one[told] is not None:
            raise Refusal(Code.INVALID, f'"lists[{number}].{told}" means nothing in a split by {by}.')
        if one[needed] is None:
            raise Refusal(Code.MISSING, f'"lists[{number}].{needed}" is missing.')
    if by == "percent" and abs(sum(one["percent"] for one in data["lists"]) - 100) > 1e-6:
        raise Refusal(Code.INVALID, '"lists" do not make 100 percent.')


UPLOADS = ObjectKind(
    "upload-rules",
    "upload rule",
    (
        DESCRIPTION,
        Field("by", Choice(tuple(_NEEDED)), "How a file becomes several lists.", needed=True),
        Field("quantity", Whole(1), "Contacts of each list."),
        Field("field", Choice(("", *known_fields())), "Each of its values has a list.", default=""),
        Field(
            "lists",
            Several(
                Record(
                    (
                        Field("name", _PART, "What tells the list from the others.", needed=True),
                        Field("percent", Number(0.01, 100), "Its share of the contacts."),
                        Field("condition", Condition(), "Rows that meet it; of several lists the first."),
                    )
                ),
                most=LISTS,
            ),
            "The lists of a split by percent or by conditions.",
            default=[],
        ),
        Field(
            "otherwise",
            Text(PART_LIMIT, pattern=f"(?:{_PART.pattern})?"),
            "The list of rows that meet no condition; without it they are left out.",
            default="",
        ),
    ),
    check=_upload,
)


def layout_of(mapping: Mapping[str, Any]) -> Layout:
    """Return the layout that a data-mapping schema says.

    >>> layout_of({"header": True, "delimiter": "", "columns": [{"heading": "Nummer", "field": "Device1"}]}).headings
    {'nummer': 'Device1'}
    """
    columns = mapping["columns"]
    return Layout(
        DELIMITERS.get(mapping["delimiter"], ""),
        mapping["header"],
        places={one["position"] - 1: one["field"] for one in columns if one.get("position")},
        headings={heading_key(one["heading"], also=False): one["field"] for one in columns if one.get("heading")},
    )
