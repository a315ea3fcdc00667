"""The compliance data set: one JSON document with a version."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cxmock.wire.http import from_json, to_json

SHIPPED = Path(__file__).with_name("data") / "compliance.json.gz"
"""Compiled by :mod:`cxmock.fakes.compliance_provider.generate`."""


class _Versioned(msgspec.Struct):
    version: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """A version of the compliance data (shape assumed).

    ``body`` is a JSON object with ``version`` and three lists:

    - ``countries``: ``{"country": "GB", "name", "callingCode": "44", "timeZones": [...]}``;
    - ``areaCodes``: ``{"prefix": "4420", "country": "GB", "region": "London", "timeZones": ["Europe/London"]}``. A
      prefix is digits with the calling code; of those that start a number the longest is the one for it;
    - ``rules``: ``{"name", "country", "region", "prefixes", "weekdays", "saturday", "sunday"}``. Contact times in the
      contact's own time, as pairs ``["08:00", "21:00"]``; the rule with the longest prefix that starts a number is the
      one for it, and a rule without prefixes is for all other numbers.
    """

    version: str
    body: bytes

    @property
    def etag(self) -> str:
        """The entity tag of this version."""
        return f'"{self.version}"'

    def content(self) -> dict[str, Any]:
        """Return the document, decoded."""
        document: dict[str, Any] = from_json(self.body)
        return document

    def with_rules(self, rules: Sequence[Mapping[str, Any]]) -> DataSet:
        """Return a new version that has these rules instead."""
        content = self.content() | {"rules": list(rules)}
        del content["version"]
        digest = hashlib.sha256(to_json(content)).hexdigest()[:8]
        version = f"{self.version.partition('-')[0]}-{digest}"
        return DataSet(version, to_json({"version": version} | content))


@cache
def shipped() -> DataSet:
    """Return the data set that comes with the package."""
    body = gzip.decompress(SHIPPED.read_bytes())
    return DataSet(msgspec.json.decode(body, type=_Versioned).version, body)
