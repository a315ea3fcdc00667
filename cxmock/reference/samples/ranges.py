"""Telephone numbers that regulators keep for films and books: they validate, and ring nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

CALLING_CODES = {"AU": "61", "CA": "1", "DE": "49", "FR": "33", "GB": "44", "SE": "46", "US": "1"}


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers of one place, written as there; ``#`` stands for any digit.

    >>> london = Range("GB", "020 7946 0###", "WC2N 5DU")
    >>> london.number(18), london.national(18), london.size
    ('+442079460018', '020 7946 0018', 1000)
    """

    country: str
    pattern: str
    postal_code: str
    """One that fits the place."""

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(10 ** self.pattern.count("#"))

    def national(self, index: int) -> str:
        """Return number ``index`` as it is written in its country."""
        digits = iter(f"{index:0{self.pattern.count('#')}}")
        return "".join(next(digits) if sign == "#" else sign for sign in self.pattern)

    def number(self, index: int) -> str:
        """Return number ``index`` as E.164."""
        digits = re.sub(r"\D", "", self.national(index))
        return f"+{CALLING_CODES[self.country]}{digits.removeprefix('0')}"


def _american(country: str, places: dict[str, str]) -> tuple[Range, ...]:
    """555-0100 to 555-0199 of each area code (North American Numbering Plan)."""
    return tuple(Range(country, f"({area}) 555-01##", postal_code) for area, postal_code in places.items())


RANGES: tuple[Range, ...] = (
    *_american(
        "US",
        {
            "202": "20001",
            "206": "98101",
            "212": "10001",
            "213": "90012",
            "303": "80202",
            "305": "33130",
            "312": "60601",
            "404": "30303",
            "415": "94102",
            "504": "70112",
            "505": "87102",
            "602": "85003",
            "615": "37203",
            "617": "02108",
            "713": "77002",
            "801": "84111",
            "808": "96813",
            "907": "99501",
        },
    ),
    *_american("CA", {"204": "R3C 1A5", "403": "T2P 1J9", "416": "M5H 2N2", "514": "H2Y 1C6", "604": "V6B 1A1"}),
    *_american("CA", {"709": "A1C 5M2", "902": "B3J 1S9"}),
    # Ofcom
    Range("GB", "020 7946 0###", "WC2N 5DU"),
    Range("GB", "0113 496 0###", "LS1 4DY"),
    Range("GB", "0117 496 0###", "BS1 4ST"),
    Range("GB", "0121 496 0###", "B1 1BB"),
    Range("GB", "0131 496 0###", "EH1 1YZ"),
    Range("GB", "0141 496 0###", "G1 3SL"),
    Range("GB", "0161 496 0###", "M2 5DB"),
    Range("GB", "028 9649 6###", "BT1 5GS"),
    Range("GB", "029 2018 0###", "CF10 1EP"),
    # Bundesnetzagentur
    Range("DE", "030 23125 ###", "10115"),
    Range("DE", "040 66969 ###", "20095"),
    Range("DE", "069 90009 ###", "60311"),
    Range("DE", "089 99998 ###", "80331"),
    Range("DE", "0221 4710 ###", "50667"),
    Range("DE", "0171 39200##", "10115"),
    # Arcep
    Range("FR", "01 99 00 ## ##", "75001"),
    Range("FR", "02 61 91 ## ##", "44000"),
    Range("FR", "03 53 01 ## ##", "67000"),
    Range("FR", "04 65 71 ## ##", "69001"),
    Range("FR", "05 36 49 ## ##", "31000"),
    # ACMA
    Range("AU", "(02) 5550 ####", "2000"),
    Range("AU", "(03) 5550 ####", "3000"),
    Range("AU", "(07) 5550 ####", "4000"),
    Range("AU", "(08) 5550 ####", "5000"),
    Range("AU", "(08) 7010 ####", "6000"),
    # Post- och telestyrelsen
    Range("SE", "08-465 004 ##", "111 20"),
    Range("SE", "031-390 06 ##", "411 03"),
    Range("SE", "040-628 04 ##", "211 34"),
    Range("SE", "0980-31 92 ##", "981 30"),
)
"""By regulator: NANPA, Ofcom, BNetzA, Arcep, ACMA, PTS."""
