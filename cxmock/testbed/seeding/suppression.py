"""Suppression lists to seed with: numbers and people never to contact."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxmock.reference.keys import device_entry


@dataclass(frozen=True, slots=True)
class SuppressionEntry:
    """One number, address or client id that must not be contacted."""

    entry: str
    expires: float | None = None
    """UTC seconds until which it holds; None: for ever."""


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """A suppression list, in PostgreSQL and in Redis, where every validation looks.

    >>> SuppressionList("never", ["+44 20 7946 0018"]).rows()
    [('442079460018', 0)]
    """

    name: str
    entries: Sequence[SuppressionEntry | str]
    """A plain text is an entry that holds for ever."""
    channel: Literal["", "voice", "sms", "email"] = ""
    """Empty: every channel."""
    type: Literal["Device", "ClientID"] = "Device"
    """What its entries are."""
    required: bool = True
    """Whether it holds for every campaign."""

    def rows(self) -> list[tuple[str, int]]:
        """Return each entry as it is kept, and until when it holds (0: for ever)."""
        full = [SuppressionEntry(one) if isinstance(one, str) else one for one in self.entries]
        return [
            (device_entry(one.entry) if self.type == "Device" else one.entry, int(one.expires or 0)) for one in full
        ]


def suppression_file(never: SuppressionList) -> str:
    r"""Return the list as a file (CSV with a header) such as customers put on their SFTP server.

    >>> suppression_file(SuppressionList("never", ["+442079460018"]))
    'Device\n+442079460018\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([never.type])
    writer.writerows([one if isinstance(one, str) else one.entry] for one in never.entries)
    return text.getvalue()
