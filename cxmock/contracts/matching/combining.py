"""Several checks of one value as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found


def good(actual: Any) -> Found:
    """Find nothing wrong with anything."""
    return GOOD


def all_of(checks: Sequence[Check]) -> Check:
    """Return the check that all of ``checks`` hold."""
    real = [check for check in checks if check is not good]
    if len(real) < 2:
        return real[0] if real else good

    def check(actual: Any) -> Found:
        return [one for each in real for one in each(actual)]

    return check


def any_of(checks: Sequence[Check]) -> Check:
    """Return the check that one of ``checks`` holds; when none does, it tells the differences of all."""
    if len(checks) == 1:
        return checks[0]
    if good in checks:
        return good

    def check(actual: Any) -> Found:
        found: list[Difference] = []
        for each in checks:
            differences = each(actual)
            if not differences:
                return GOOD
            found += differences
        return found

    return check
