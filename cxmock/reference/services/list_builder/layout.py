"""How a line of a file becomes fields: delimited or at fixed positions; and what the fields are, by header or position.

Documented: csv; txt with pipe, colon, tab or semicolon between fields, or with fields at fixed positions; a header is
recommended. Assumed: that quotes hold for every delimiter, and that the header tells the delimiter if nobody does.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cxmock.errors.contact_files import UnusableHeader
from cxmock.reference.services.list_builder.columns import DEVICE_KEYS, heading_key

DELIMITERS = {"comma": ",", "pipe": "|", "colon": ":", "tab": "\t", "semicolon": ";"}
"""By name, as requests and specification files have them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's layout.

    >>> Layout(delimiter="|").fields('Ada|"a|b"')
    ['Ada', 'a|b']
    >>> Layout(spans=((0, 4), (4, 8))).fields("Ada Love")
    ['Ada ', 'Love']
    """

    delimiter: str = ""
    """Between fields; empty: the header tells."""
    header: bool = True
    """Whether the first row has headings."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where each field begins and ends, counted from 0, when they are at fixed positions."""
    places: Mapping[int, str] = field(default_factory=dict)
    """Place of a column, counted from 0 -> its heading, whatever the file says."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """A file's own heading (as it is compared) -> the one that it stands for."""

    @property
    def quotes(self) -> bool:
        """Whether a field may stand in quotes."""
        return not self.spans

    def fields(self, text: str) -> list[str]:
        """Return the fields of a record.

        Raises:
            ValueError: it has quotes where none can be.
        """
        if self.spans:
            return [text[begin:end] for begin, end in self.spans]
        if '"' not in text:
            return text.split(self.delimiter)
        try:
            (found,) = csv.reader([text], delimiter=self.delimiter, strict=True)
        except csv.Error as error:
            raise ValueError(error) from None
        return found

    def found(self, first: str) -> str:
        """Return the delimiter that a file's first row shows: the one that makes a Device column of it, else a comma.

        >>> Layout().found("ClientID|Device1"), Layout().found("Name:Nummer")
        ('|', ',')
        """
        if self.delimiter or not self.header:
            return self.delimiter or ","
        mapped = {key for key, meant in self.headings.items() if heading_key(meant) in DEVICE_KEYS}
        for delimiter in DELIMITERS.values():
            headings = first.split(delimiter)
            if any(heading_key(one) in DEVICE_KEYS or heading_key(one, also=False) in mapped for one in headings):
                return delimiter
        return ","

    def header_of(self, first: Sequence[str], path: str) -> list[str]:
        """Return what each column is, by the first row and by what is mapped.

        Raises:
            UnusableHeader: a column is mapped that the file does not have.
        """
        names = [self.headings.get(heading_key(one, also=False), one) for one in first] if self.header else []
        names += [""] * (len(first) - len(names))
        for place, heading in self.places.items():
            if place >= len(names):
                raise UnusableHeader(path, first, f"{len(first)} columns, and {heading} is column {place + 1},")
            names[place] = heading
        return names
