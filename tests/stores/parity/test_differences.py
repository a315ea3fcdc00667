"""Every difference that the documentation lists is there, and none of the answers has changed."""

from __future__ import annotations

import pytest

from cxmock.testbed import Testbed
from cxmock.topology import Component

from .differences import PAGE, POSTGRES, REDIS, Difference, answer, page
from .legs import Leg


@pytest.mark.parametrize("one", POSTGRES, ids=lambda one: one.what)
def test_postgresql_answers_as_listed(postgres_leg: tuple[Leg, Testbed], one: Difference) -> None:
    leg, testbed = postgres_leg
    assert answer(testbed, Component.POSTGRES, one) == one.answers[leg.name]


@pytest.mark.parametrize("one", REDIS, ids=lambda one: one.what)
def test_redis_answers_as_listed(redis_leg: tuple[Leg, Testbed], one: Difference) -> None:
    leg, testbed = redis_leg
    told = answer(testbed, Component.REDIS, one)
    assert told == one.answers.get(leg.name, told)


def test_what_is_listed_differs() -> None:
    for one in (*POSTGRES, *REDIS):
        assert len(set(one.answers.values())) > 1, one.what


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "python -m tests.stores.parity.differences writes it anew"
