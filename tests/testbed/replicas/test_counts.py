"""How many replicas there are to be is read from texts, and what cannot be is explained."""

from __future__ import annotations

import pytest

from cxmock.errors.replicas import NotReplicas
from cxmock.testbed.replicas.counts import MOST, SERVICES, Bounds, counts, ranges
from cxmock.topology import Component


def test_a_number_alone_is_for_all_services_that_are_not_named() -> None:
    found = counts(["ui=1", "3", "dial-manager=2"])
    assert set(found) == set(SERVICES)
    assert (found[Component.UI], found[Component.DIAL_MANAGER]) == (Bounds(1), Bounds(2))
    assert found[Component.LIST_BUILDER] == Bounds(3)


def test_services_that_are_not_named_stay_as_they_are() -> None:
    assert counts(["compliance-manager=2"]) == {Component.COMPLIANCE_MANAGER: Bounds(2)}
    assert counts([]) == {}


@pytest.mark.parametrize("text", ["gws=2", "dial-manager", "dial-manager=", "ui=0", "ui=-1", "ui=two", "0", "17", ""])
def test_what_says_no_replicas_is_explained(text: str) -> None:
    with pytest.raises(NotReplicas) as raised:
        counts([text])
    assert str(raised.value).startswith(f'"{text}" says no replicas.')
    assert f"1 to {MOST} replicas" in str(raised.value)


@pytest.mark.parametrize("text", ["ui=4..1", "ui=1..", "ui=..4", "ui=0..2", "ui=1..99", "ui", "redis=1..2"])
def test_bounds_that_cannot_be_are_explained(text: str) -> None:
    with pytest.raises(NotReplicas):
        ranges([text])


def test_a_service_that_is_nearly_named_is_guessed() -> None:
    with pytest.raises(NotReplicas) as raised:
        counts(["dialmanager=2"])
    assert 'Did you mean "dial-manager"?' in str(raised.value)


@pytest.mark.parametrize(("least", "most"), [(0, 0), (3, 2), (1, MOST + 1), (-1, 2)])
def test_bounds_are_sound_however_they_are_made(least: int, most: int) -> None:
    with pytest.raises(NotReplicas):
        Bounds(least, most)
