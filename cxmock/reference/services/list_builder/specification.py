"""Specification files (``*.spc``): how a contact file is laid out. That there are such files is documented.

Their format is assumed, an INI file::

    [file]
    format = fixed
    encoding = Windows-1252
    [fields]
    ClientID = 1-10
    Device1 = 11-30

``format`` is ``delimited`` or ``fixed``; ``delimiter`` one of comma, pipe, colon, tab, semicolon; ``header`` yes or no;
``encoding``, ``country`` and ``timeZone`` are what the import takes where its request does not say. Positions and
columns are counted from 1, both ends included. A file at fixed positions has no header unless it says so.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from cxmock.errors.base import nearest
from cxmock.errors.imports import BadSpecification
from cxmock.reference.services.list_builder.columns import field_key, heading_key, known_fields
from cxmock.reference.services.list_builder.layout import DELIMITERS, Layout
from cxmock.reference.services.list_builder.records import RECORD_LIMIT

SIZE_LIMIT = 64 * 1024
"""Bytes of a specification file."""
COLUMN_LIMIT = 1000
_FORMATS = ("delimited", "fixed")
_DEFAULTS = ("encoding", "country", "timeZone")
_KNOWN = ("format", "delimiter", "header", *_DEFAULTS)
_WORDS = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Specification:
    """What a specification file says."""

    layout: Layout
    defaults: Mapping[str, str] = field(default_factory=dict)
    """``encoding``, ``country``, ``timeZone``, as far as it has them."""


def specification_of(path: str, data: bytes) -> Specification:
    """Read a specification file.

    >>> found = specification_of("leads.spc", b"[file]\\nformat=fixed\\n[fields]\\nClientID=1-4\\nDevice1=5-16\\n")
    >>> found.layout.spans, found.layout.header
    (((0, 4), (4, 16)), False)

    Raises:
        BadSpecification: it does not say how a file is laid out.
    """
    if len(data) > SIZE_LIMIT:
        raise BadSpecification(path, f"it is longer than {SIZE_LIMIT} bytes")
    parser = configparser.ConfigParser(interpolation=None, default_section="", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadSpecification(path, "it is no text in UTF-8") from None
    except configparser.Error as error:
        raise BadSpecification(path, str(error).splitlines()[0].replace("'<string>'", "the file")) from None
    about = dict(parser["file"]) if parser.has_section("file") else {}
    fields = dict(parser["fields"]) if parser.has_section("fields") else {}
    for name in about:
        if name not in _KNOWN:
            raise BadSpecification(path, f'"{name:.40}" is not known in [file]. {nearest(name, list(_KNOWN))}')
    kind = about.get("format", "delimited")
    if kind not in _FORMATS:
        raise BadSpecification(path, f'its format is "{kind:.40}". {nearest(kind, list(_FORMATS))}')
    header = about.get("header", "no" if kind == "fixed" else "yes").lower()
    if header not in _WORDS:
        raise BadSpecification(path, f'header is "{header:.40}", not yes or no')
    defaults = {name: about[name] for name in _DEFAULTS if about.get(name)}
    fixed = kind == "fixed"
    placed = [(_field(path, name), _place(path, name, text, fixed=fixed)) for name, text in fields.items()]
    if not fixed:
        delimiter = about.get("delimiter", "comma")
        if delimiter not in DELIMITERS:
            raise BadSpecification(path, f'delimiter is "{delimiter:.40}". {nearest(delimiter, list(DELIMITERS))}')
        if not placed and not _WORDS[header]:
            raise BadSpecification(path, "it has neither a header nor [fields]")
        places = {begin: name for name, (begin, _) in placed}
        if len(places) != len(placed):
            raise BadSpecification(path, "two fields are in one column")
        return Specification(Layout(DELIMITERS[delimiter], _WORDS[header], places=places), defaults)
    if not placed:
        raise BadSpecification(path, "it has no [fields]")
    ordered = sorted(placed, key=lambda one: one[1])
    for (name, (_, end)), (other, (begin, _)) in pairwise(ordered):
        if begin < end:
            raise BadSpecification(path, f"{name} and {other} overlap")
    places = {number: name for number, (name, _) in enumerate(ordered)}
    spans = tuple(span for _, span in ordered)
    return Specification(Layout(",", _WORDS[header], spans=spans, places=places), defaults)


def _field(path: str, name: str) -> str:
    if not field_key(name):
        raise BadSpecification(path, f'"{name:.40}" is no field. {nearest(name, list(known_fields()))}')
    return next(one for one in known_fields() if heading_key(one) == heading_key(name))


def _place(path: str, name: str, text: str, *, fixed: bool) -> tuple[int, int]:
    """Return where a field begins and ends, counted from 0."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?", text.strip())
    if found is None or (found[2] is not None) != fixed:
        raise BadSpecification(path, f'{name} is at "{text:.40}"')
    begin, end = int(found[1]) - 1, int(found[2] or found[1])
    if end <= begin or end > (RECORD_LIMIT if fixed else COLUMN_LIMIT):
        raise BadSpecification(path, f'{name} is at "{text:.40}"')
    return begin, end
