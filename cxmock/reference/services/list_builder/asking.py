"""The fields of requests for imports and exports. docs/reference/import.md tells what they mean; all are assumed."""

from __future__ import annotations

from cxmock.reference.envelope import one_of
from cxmock.reference.fields import Choice, Field, Flag, Name, Number, Several, Text, Whole
from cxmock.reference.names import valid_name
from cxmock.reference.services.list_builder.catalogue import LIST_NAME_LIMIT
from cxmock.reference.services.list_builder.layout import DELIMITERS
from cxmock.reference.share import FOLDERS

MODES = ("create", "append", "update", "replace")
BY = ("ClientID", "Device")
"""By what contacts are known to be the same: client id, first device."""
WHAT = ("results", "contacts")
"""What is exported."""

NAME = Field("name", Name(LIST_NAME_LIMIT), "Of the list.", needed=True)
FILE = Field(
    "file", Text(200, 3, pattern=f"(?:{'|'.join(FOLDERS)})/[^/]+"), "On the share, folder and name.", needed=True
)
HOW = (
    FILE,
    Field("encoding", Text(32), "Of the file; else the account's, or it is found out.", default=""),
    Field("country", Text(2), "ISO 3166, of numbers whose row does not say it; else the account's.", default=""),
    Field("timeZone", Text(64), "IANA, of contacts whose place does not say it; else the account's.", default=""),
    Field("delimiter", Choice(("", *DELIMITERS)), "Between fields; empty: the header tells.", default=""),
    Field("pgpKey", Text(100), "The key to decrypt the file by.", default=""),
)
"""What imports of contacts and of suppression entries have in common."""
IMPORT = (
    NAME,
    *HOW,
    Field("mode", Choice(("", *MODES)), "What becomes of the list; empty: create.", default=""),
    Field("append", Flag(), 'As "mode": "append".', default=False),
    Field("specification", Text(100), "A specification file, by its name.", default=""),
    Field("mapping", Text(100), "A data-mapping schema.", default=""),
    Field("selectionRule", Text(100), "Only rows that meet its condition are imported.", default=""),
    Field("filteringRule", Text(100), "Rows that meet its condition are left out.", default=""),
    Field("uploadRule", Text(100), "How the file becomes several lists.", default=""),
    Field("duplicatesBy", Several(Choice(BY), most=2), "By what contacts are the same.", default=list(BY)),
    Field("maxRejects", Whole(), "More rejected rows than this, and nothing is imported."),
    Field("maxRejectPercent", Number(0, 100), "Likewise, in percent of the rows."),
    Field("wait", Flag(), "Whether the answer waits for the end of the import.", default=True),
)
EXPORT = (
    FILE,
    Field("what", Choice(WHAT), "One row a record, or one row a contact.", default="results"),
    Field("format", Choice(("csv", "txt")), "Commas between fields, or the delimiter.", default="csv"),
    Field("delimiter", Choice(tuple(DELIMITERS)), "Between the fields of a txt file.", default="pipe"),
    Field("header", Flag(), "Whether the first row has headings.", default=True),
    Field("columns", Several(Name(), most=50), "The columns, in their order; none: the usual ones.", default=[]),
    Field("callResults", Several(Whole(0, 1000)), "Only records with one of these; none: all.", default=[]),
)


def file_of(text: str) -> str:
    """Return the file on the share that a request names.

    >>> file_of("import/leads.csv")
    'import/leads.csv'

    Raises:
        Refusal: it cannot be there (652).
    """
    folder, _, name = text.partition("/")
    return f"{one_of('file', folder, FOLDERS)}/{valid_name('file', name)}"
