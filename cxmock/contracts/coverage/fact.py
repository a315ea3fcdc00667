"""Facts of coverage: one promise, used or kept (or not) by somebody, somewhere, at some time. They are kept in files.

    {"cxmock facts": 1, "who": "ci", "where": "gws.lab.example", "when": "2026-01-01T00:00:00Z", "release": "GWS 9.0.1",
     "promises": [{"connection": 11, "description": "...", "digest": "...", "by": "real", "kept": true}, ...]}

The digest is that of the promise as it stood: a promise that was changed since is another promise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cxmock.contracts.coverage.column import Column
from cxmock.contracts.verdicts import Verdict
from cxmock.errors.verifying import FactsUnreadable

VERSION = 1
SIZE_LIMIT = 16 * 2**20
"""Bytes of a file that are read."""
_BESIDE = ("comments", "key", "pending")
"""What stands beside a promise and does not change it."""


class Fact(Struct, frozen=True):
    """One promise, and whether it was kept; of a consumer's, whether it was used."""

    connection: int
    description: str
    digest: str
    by: Column
    kept: bool


class Facts(Struct, frozen=True):
    """Facts that were found together."""

    version: int = msgspec.field(name="cxmock facts", default=VERSION)
    who: str = ""
    """Who looked."""
    where: str = ""
    """Where the system is."""
    when: str = ""
    """UTC, to the second."""
    release: str = ""
    """The system's name and version, for people."""
    promises: tuple[Fact, ...] = ()

    def text(self) -> str:
        """Return the file's text, always the same for the same facts."""
        head = {"cxmock facts": self.version, "who": self.who, "where": self.where, "when": self.when}
        said = head | {"release": self.release, "promises": [msgspec.to_builtins(one) for one in self.promises]}
        return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def digest_of(raw: Mapping[str, Any]) -> str:
    """Return the digest of a promise, from its interaction as it stands in the file.

    >>> digest_of({"description": "a", "key": "1"}) == digest_of({"description": "a", "comments": {}})
    True
    """
    promise = {name: value for name, value in raw.items() if name not in _BESIDE}
    return hashlib.sha256(json.dumps(promise, sort_keys=True).encode()).hexdigest()[:16]


def fact_of(verdict: Verdict, raw: Mapping[str, Any], by: Column) -> Fact:
    """Return the fact that a verdict is. ``raw`` is the interaction as it stands in the file."""
    return Fact(verdict.number, verdict.interaction.description, digest_of(raw), by, verdict.kept)


def read_facts(file: Path) -> Facts:
    """Read a file of facts.

    Raises:
        FactsUnreadable: it is not there, or no such file.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise FactsUnreadable(str(file), f"it is over {SIZE_LIMIT // 2**20} MiB long")
        facts = msgspec.json.decode(data, type=Facts)
    except OSError as error:
        raise FactsUnreadable(str(file), error.strerror or str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FactsUnreadable(str(file), str(error)) from error
    if facts.version != VERSION:
        raise FactsUnreadable(str(file), f"it has version {facts.version}, and {VERSION} is read here")
    return facts


def is_facts(file: Path) -> bool:
    """Return whether a file begins as files of facts do."""
    try:
        with file.open("rb") as opened:
            return opened.read(64).lstrip(b"{ \n\r\t").startswith(b'"cxmock facts"')
    except OSError:
        return False


def sites(facts: Iterable[Facts]) -> list[str]:
    """Return, in words, which real systems facts are about: what, where, when, how many promises.

    >>> sites([Facts(where="lab", when="2026-01-01T00:00:00Z", release="GWS 9",
    ...              promises=(Fact(11, "a", "d", Column.REAL, True),))])
    ['GWS 9 at lab on 2026-01-01: 1 of 1 kept']
    """
    told = []
    for one in facts:
        real = [fact for fact in one.promises if fact.by is Column.REAL]
        if real:
            name = " ".join(part for part in (one.release or "a system", one.where and f"at {one.where}") if part)
            kept = sum(fact.kept for fact in real)
            told.append(f"{name} on {one.when[:10] or 'an unknown day'}: {kept} of {len(real)} kept")
    return told
