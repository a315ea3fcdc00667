"""The count finds what is wrong: a lost record, a device dialed twice, a history that is missing or nobody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult
from tests.soak.campaign import Run, options, people
from tests.soak.counting import count


@pytest.fixture(scope="module")
def done() -> Iterator[Run]:
    """A campaign that was carried out, with nobody killed."""
    with Testbed(options(())) as testbed:
        testbed.start()
        run = Run(testbed, people(6))
        run.prepare()
        run.carry_out(lambda: None, within=60)
        yield run
        run.close()


def test_nothing_is_wrong_with_a_campaign_that_went_well(done: Run) -> None:
    report = count(done)
    assert report.good
    assert sum(report.contacts.values()) == 5
    assert sum(report.records.values()) == 6


def twice(run: Run) -> None:
    run.ocs.dialed.append(replace(run.ocs.dialed[0], guid="another"))


def unheard_of(run: Run) -> None:
    run.ocs.dialed.append(replace(run.ocs.dialed[-1], guid="another", number=run.ocs.dialed[-1].number + 1))


def forgotten(run: Run) -> None:
    run.ocs.dialed.pop()


def otherwise(run: Run) -> None:
    run.ocs.dialed[0] = replace(run.ocs.dialed[0], result=CallResult.FAX)


def blocked(run: Run) -> None:
    run.ocs.blocked.append(run.ocs.dialed.pop())


def lost(run: Run) -> None:
    statement = 'UPDATE cxc."cl_soak_voice" SET record_status = 2 WHERE record_id = 1'
    run.testbed.run(run.testbed.part(Component.POSTGRES).query(statement))


def refused(run: Run) -> None:
    run.user[503] += 1


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (twice, "dialed twice, or not in turn"),
        (unheard_of, "history is missing"),
        (forgotten, "history of an attempt that nobody made"),
        (otherwise, "history has not the result"),
        (blocked, "validation had no answer"),
        (lost, "lost"),
        (refused, "errors told to the user"),
    ],
)
def test_what_is_wrong_is_found(done: Run, spoil: Callable[[Run], None], what: str) -> None:
    before = list(done.ocs.dialed), list(done.ocs.blocked)
    user = done.user.copy()
    spoil(done)
    assert what in count(done).wrong
    done.user = user
    for kept, was in zip((done.ocs.dialed, done.ocs.blocked), before, strict=True):
        kept.clear()
        kept.extend(was)
