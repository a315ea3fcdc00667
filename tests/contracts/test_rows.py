"""All thirteen contracts against the testbed: whoever plays a provider keeps its promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxmock.contracts.library import load
from cxmock.contracts.targets import provider_of
from cxmock.contracts.verdicts import RowResult
from cxmock.testbed import Options, Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import CONNECTIONS, Component


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        yield testbed


@pytest.fixture(scope="module")
def verifier(testbed: Testbed) -> Iterator[TestbedVerifier]:
    verifier = TestbedVerifier(testbed)
    yield verifier
    verifier.close()


def providers(number: int) -> set[Component]:
    """Return the components that keep the promises of a row."""
    return {provider_of(number, one) for one in load(number).interactions}


def broken(result: RowResult) -> dict[str, list[str]]:
    return {
        verdict.interaction.description: [str(one) for one in verdict.mismatches]
        for verdict in result.verdicts
        if not verdict.kept
    }


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_the_testbed_keeps_every_promise_of_a_connection(
    testbed: Testbed, verifier: TestbedVerifier, number: int
) -> None:
    testbed.start(*providers(number))

    [result] = verifier.verify([number])

    assert broken(result) == {}
    assert result.kept == result.promised == len(load(number).interactions)


def test_promises_hold_again_when_nothing_was_forgotten_in_between(testbed: Testbed, verifier: TestbedVerifier) -> None:
    """Each interaction arranges what it needs; none relies on being the first."""
    testbed.start(*providers(5), *providers(10))
    verifier.verify([5, 10])

    results = verifier.verify([5, 10])

    assert [broken(result) for result in results] == [{}, {}]


def test_fakeredis_keeps_the_promises_of_redis() -> None:
    with Testbed(Options(stores="fakeredis")) as testbed:
        testbed.start(Component.REDIS)
        verifier = TestbedVerifier(testbed)
        try:
            [result] = verifier.verify([5])
        finally:
            verifier.close()

    assert broken(result) == {}


def test_a_provider_that_is_unplugged_keeps_no_promise_and_is_said_not_to_answer(
    testbed: Testbed, verifier: TestbedVerifier
) -> None:
    testbed.start(Component.NEXUS)
    testbed.unplug(12)
    try:
        [result] = verifier.verify([12])
    finally:
        testbed.plug(12)

    assert result.kept == 0
    [said] = {str(mismatch) for verdict in result.verdicts for mismatch in verdict.mismatches}
    assert said.startswith("call: https://127.")
    assert said.endswith(":443 cannot be reached: Connection reset by peer.")
