"""How often Python looks for reference cycles, in a process that is all ours.

A testbed makes and drops thousands of small objects a second, and keeps many more: exchanges, contacts, attempts. To
look through them as often as Python does by default takes a third of a campaign's time, and next to none of them is in
a cycle. In a process that belongs to somebody else, such as a test run, that stays theirs to say.
"""

import gc

YOUNG = 50_000
"""Objects made and not dropped before Python looks among them (its default: 700)."""
OLDER = 20
"""Such looks before one among those that have outlived one, and again before one among all (its default: 10)."""


def look_seldom() -> None:
    """Look for reference cycles less often, from now on."""
    gc.set_threshold(YOUNG, OLDER, OLDER)
