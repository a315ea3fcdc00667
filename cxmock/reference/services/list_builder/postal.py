"""Time zones by country and postal code, where a country has several; public facts of the postal services.

A code's first digits or letter tell the state or province, and that the zone in which most of its people live.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
)
_US = (
    *((0, ""), (5, _EAST), (6, "America/Puerto_Rico"), (10, _EAST), (324, _CENTRAL), (326, _EAST), (350, _CENTRAL)),
    *((370, _CENTRAL), (373, _EAST), (375, _CENTRAL), (376, _EAST), (380, _CENTRAL), (386, _CENTRAL), (398, _EAST)),
    *((400, _EAST), (420, _CENTRAL), (425, _EAST), (430, _EAST), (460, "America/Indiana/Indianapolis")),
    *((463, _CENTRAL), (465, "America/Indiana/Indianapolis"), (476, _CENTRAL), (478, "America/Indiana/Indianapolis")),
    *((480, "America/Detroit"), (500, _CENTRAL), (577, _MOUNTAIN), (580, _CENTRAL), (590, _MOUNTAIN), (600, _CENTRAL)),
    *((798, _MOUNTAIN), (800, _MOUNTAIN), (832, "America/Boise"), (835, _PACIFIC), (836, "America/Boise")),
    *((838, _PACIFIC), (840, _MOUNTAIN), (850, "America/Phoenix"), (870, _MOUNTAIN), (885, _MOUNTAIN)),
    *((889, _PACIFIC), (967, "Pacific/Honolulu"), (969, "Pacific/Guam"), (970, _PACIFIC), (995, "America/Anchorage")),
)
"""First three digits of a ZIP code from which on a zone holds."""
_US_FROM = [begin for begin, _ in _US]
_CA = {
    **dict.fromkeys("ABCE", "America/Halifax"),
    "A": "America/St_Johns",
    **dict.fromkeys("GHJKLMNP", "America/Toronto"),
    "R": "America/Winnipeg",
    "S": "America/Regina",
    "T": "America/Edmonton",
    "V": "America/Vancouver",
    "X": "America/Yellowknife",
    "Y": "America/Whitehorse",
}
"""First letter of a Canadian code."""
_AU = {
    "0": "Australia/Darwin",
    "2": "Australia/Sydney",
    "3": "Australia/Melbourne",
    "4": "Australia/Brisbane",
    "5": "Australia/Adelaide",
    "6": "Australia/Perth",
    "7": "Australia/Hobart",
}
"""First digit of an Australian code."""


def zone_of_code(country: str, code: str) -> str:
    """Return the time zone of a postal code; empty when it tells none.

    >>> zone_of_code("US", "94102"), zone_of_code("CA", "V5K 0A1"), zone_of_code("AU", "6000"), zone_of_code("GB", "E1")
    ('America/Los_Angeles', 'America/Vancouver', 'Australia/Perth', '')
    """
    code = code.strip().upper()
    if country == "US":
        return _US[bisect_right(_US_FROM, int(code[:3])) - 1][1] if re.match("[0-9]{5}", code) else ""
    if country == "CA":
        return _CA.get(code[:1], "") if len(code) >= 3 else ""
    if country == "AU":
        return _AU.get(code[:1], "") if len(code) == 4 and code.isdigit() else ""
    return ""
