"""Replicas are killed at seeded moments of a campaign: no record is lost, nobody is dialed twice, the user stays."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.seeding import contacts
from cxmock.topology import Component
from tests.soak.__main__ import main as soak
from tests.soak.campaign import Run, options, people
from tests.soak.counting import Report, count
from tests.soak.killing import Killer

# A replica may still be settling receipts when the testbed is reset for the next campaign.
pytestmark = pytest.mark.filterwarnings("ignore::cxmock.errors.stores.TransactionLeftOpen")
VOICE = (Component.COMPLIANCE_MANAGER, Component.API_AGGREGATOR, Component.CAMPAIGN_MANAGER, Component.INGRESS)
TEXTS = (Component.DIAL_MANAGER, Component.COMPLIANCE_MANAGER)


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(options({*VOICE, *TEXTS})) as testbed:
        testbed.start()
        yield testbed


def carried_out(testbed: Testbed, run: Run, killer: Killer) -> Report:
    testbed.reset()
    for service in {*VOICE, *TEXTS}:
        testbed.replicas(service).wait_for(2)
    run.prepare()
    run.carry_out(killer, within=60)
    run.close()
    return count(run)


@pytest.mark.parametrize("seed", [1])
def test_a_campaign_by_telephone(testbed: Testbed, seed: int) -> None:
    run = Run(testbed, people(250))
    killer = Killer(run, VOICE, kills=3, seed=seed)
    report = carried_out(testbed, run, killer)

    assert dict(report.wrong) == {}
    assert sum(report.contacts.values()) == len(run.people)
    assert sum(report.records.values()) == run.records == 250
    assert report.histories == sum(report.attempts.values()) > 250
    assert set(run.user) == {200}
    assert sum(killer.killed.values()) >= 2  # the last moment may come when all is done


@pytest.mark.parametrize("seed", [1])
def test_a_campaign_by_text_message(testbed: Testbed, seed: int) -> None:
    run = Run(testbed, contacts(150, "US"), media="sms")
    report = carried_out(testbed, run, Killer(run, TEXTS, kills=2, seed=seed))

    assert dict(report.wrong) == {}
    assert report.contacts["reached"] + report.contacts["not reached"] == 150
    assert len(testbed.part(Component.NEXUS).sent) == report.contacts["reached"] > 100


def test_nobody_is_killed_before_the_last_one_has_a_successor(testbed: Testbed) -> None:
    """A replica counts as ready until its death is noticed: whoever relies on the others waits for a new process."""
    run = Run(testbed, people(1))
    replicas = testbed.replicas(Component.INGRESS)
    run.loaded = SimpleNamespace(statistics=SimpleNamespace(finished=1))  # type: ignore[assignment]
    killer = Killer(run, (Component.INGRESS,), kills=2)
    killer()
    killer()
    assert sum(killer.killed.values()) == 1
    replicas.wait_for(2, restarts=replicas.restarts + 1)
    killer()
    assert sum(killer.killed.values()) == 2
    replicas.wait_for(2, restarts=replicas.restarts + 1)
    run.close()


def test_it_ends_as_it_does_without_kills(testbed: Testbed) -> None:
    """What becomes of everybody follows from the seed alone, whoever is killed meanwhile."""
    ends = []
    for kills in (0, 2):
        run = Run(testbed, people(60))
        report = carried_out(testbed, run, Killer(run, VOICE, kills=kills))
        ends.append((report.contacts, report.records, report.attempts, report.wrong))
    assert ends[0] == ends[1]


@pytest.mark.foreign  # it takes its time
def test_a_small_soak_accounts_for_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    """What ``make soak`` does, with 2,000 records."""
    assert soak(["--records", "2000", "--kills", "8", "--within", "240"]) == 0
    assert "Every record is accounted for." in capsys.readouterr().out


def test_a_soak_that_is_not_done_in_time_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak(["--records", "50", "--kills", "1", "--within", "0"]) == 1
    assert "of Soak sms is done." in capsys.readouterr().out
