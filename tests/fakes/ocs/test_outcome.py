"""How attempts end, and what becomes of a record then."""

from __future__ import annotations

from collections import Counter

import pytest

from cxmock.fakes.ocs.outcome import WEIGHTS, Outcomes
from cxmock.fakes.ocs.treatments import Decision, Next, Treatment, decide
from cxmock.wire.genesys.enumerations import CallResult

BUSY, ANSWER = int(CallResult.BUSY), int(CallResult.ANSWER)


def test_an_outcome_depends_on_seed_phone_and_attempt_alone() -> None:
    phones = [f"+1555{number:07}" for number in range(300)]
    forwards = [Outcomes(7).of(phone, 1) for phone in phones]
    backwards = [Outcomes(7).of(phone, 1) for phone in reversed(phones)][::-1]
    assert forwards == backwards
    assert forwards != [Outcomes(8).of(phone, 1) for phone in phones]
    assert forwards != [Outcomes(7).of(phone, 2) for phone in phones]


def test_outcomes_are_as_frequent_as_their_weights() -> None:
    seen = Counter(Outcomes(1).of(f"+1555{number}", 1) for number in range(10_000))
    for result, weight in WEIGHTS.items():
        assert seen[result] == pytest.approx(100 * weight, abs=200)


def test_a_list_can_have_weights_of_its_own() -> None:
    outcomes = Outcomes(1)
    outcomes.of_list["bad numbers"] = {CallResult.SIT_VACANT: 1}
    assert {outcomes.of(str(number), 1, "bad numbers") for number in range(50)} == {12}
    outcomes.forget()
    assert {outcomes.of(str(number), 1, "bad numbers") for number in range(50)} != {12}


def test_a_script_beats_the_model_until_it_is_forgotten() -> None:
    outcomes = Outcomes(1)
    outcomes["+1"] = [BUSY, ANSWER]
    assert [outcomes.of("+1", attempt) for attempt in (1, 2, 3)] == [BUSY, ANSWER, ANSWER]
    outcomes.forget()
    assert not outcomes


RETRY = Treatment(BUSY, "RetryIn", attempts=3, minutes=10)


@pytest.mark.parametrize(
    ("treatments", "result", "attempts", "decision"),
    [
        ([], BUSY, 1, Decision(Next.DONE)),
        ([RETRY], ANSWER, 1, Decision(Next.DONE)),
        ([RETRY], BUSY, 1, Decision(Next.RETRY, 600)),
        ([RETRY], BUSY, 2, Decision(Next.RETRY, 600)),
        ([RETRY], BUSY, 3, Decision(Next.DONE)),
        ([RETRY, Treatment(BUSY, "NextInChain")], BUSY, 3, Decision(Next.NEXT_DEVICE)),
        ([Treatment(BUSY, "NextInChainAfter", minutes=5), RETRY], BUSY, 1, Decision(Next.NEXT_DEVICE, 300)),
        ([Treatment(BUSY, "NoTreatment"), RETRY], BUSY, 1, Decision(Next.DONE)),
        ([Treatment(BUSY, "MarkAllChain"), RETRY], BUSY, 1, Decision(Next.DONE)),
        ([Treatment(BUSY, "RetryIn", attempts=4, minutes=30, increment=5)], BUSY, 1, Decision(Next.RETRY, 1800)),
        ([Treatment(BUSY, "RetryIn", attempts=4, minutes=30, increment=5)], BUSY, 3, Decision(Next.RETRY, 2400)),
        ([Treatment(BUSY, "RetryAt", attempts=2, at=1800000000)], BUSY, 1, Decision(Next.RETRY, at=1800000000)),
        ([Treatment(BUSY, "RetryAt", attempts=2, at=1800000000)], BUSY, 2, Decision(Next.DONE)),
        ([Treatment(BUSY, "Cycle", attempts=2)], BUSY, 1, Decision(Next.RETRY)),
        ([Treatment(BUSY, "Cycle", attempts=2)], BUSY, 2, Decision(Next.DONE)),
        ([Treatment(BUSY, "NextInChainAt", at=1800000000)], BUSY, 1, Decision(Next.NEXT_DEVICE, at=1800000000)),
        ([Treatment(BUSY, "AssignToGroup")], BUSY, 1, Decision(Next.GROUP)),
        ([Treatment(BUSY, "MarkAsAgentError")], BUSY, 1, Decision(Next.AGENT_ERROR)),
    ],
)
def test_the_first_treatment_that_still_applies_decides(
    treatments: list[Treatment], result: int, attempts: int, decision: Decision
) -> None:
    assert decide(treatments, result, attempts, most=10) == decision


def test_no_treatment_goes_beyond_the_attempts_that_the_list_allows() -> None:
    assert decide([RETRY], BUSY, 1, most=2) == Decision(Next.RETRY, 600)
    assert decide([RETRY], BUSY, 2, most=2) == Decision(Next.DONE)
