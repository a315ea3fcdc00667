"""Pact's engine is given the next promise while one is tried: that saves time, and changes nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts import verification
from cxmock.contracts.adapters import Adapter
from cxmock.contracts.authoring import Answer, Ask, Row, assumed, given
from cxmock.contracts.bridge import Bridge
from cxmock.contracts.model import Interaction
from cxmock.contracts.targets import Target
from cxmock.contracts.verdicts import Verdict
from cxmock.contracts.verification import PATIENCE, Verifier
from cxmock.errors.contracts import EngineDied, EngineSilent
from cxmock.net.background import Background
from cxmock.net.waiting import until
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

from .conftest import Place, contract

LATE = 0.05
"""Seconds; the engine gets ready for a promise in a few milliseconds."""


class Diary:
    """Verifies promises about books, each in a state, and keeps what happened, in order."""

    def __init__(self, background: Background, ca_file: Path, place: Place, within: float = 5.0) -> None:
        self.happened: list[str] = []
        self.answering: Callable[[], Awaitable[None]] = partial(later, LATE)
        self.arranging: Callable[[], Awaitable[None]] = partial(later, 0.0)
        self.row = Row(8)
        self._background = background
        self.urls = {"compliance-manager": place.serve(self._answer)}
        self.verifier = Verifier(
            ca_file=ca_file,
            targets={8: Target(self.urls)},
            arrange=self._arrange,
            contracts=lambda number: contract(self.row),
            fresh=self._fresh,
            within=within,
        )

    def promise(self, *numbers: int, provider: Component = Component.COMPLIANCE_MANAGER) -> None:
        for number in numbers:
            ask = Ask("GET", f"/books/{number}")
            state = given("book {number} is there", number=number)
            self.row.http(f"book {number}", assumed("-"), ask, Answer(200), states=[state], provider=provider)

    def verify(self) -> list[Verdict]:
        async def verifying() -> list[Verdict]:
            async with self.verifier as verifier:
                return list((await verifier.verify_row(8)).verdicts)

        return self._background.run(verifying(), within=30)

    async def _fresh(self, number: int, interaction: Interaction) -> None:
        self.happened.append("fresh")

    async def _arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        await self.arranging()
        self.happened.append(f"state {params['number']}")
        return {}

    async def _answer(self, request: Request) -> Response:
        await self.answering()
        self.happened.append(f"request {request.path.rpartition('/')[2]}")
        return Response(200)


async def later(seconds: float) -> None:
    await until(lambda: False, within=seconds)


async def never() -> None:
    await asyncio.Event().wait()


def one_after_the_other(count: int) -> list[str]:
    return [text for number in range(count) for text in ("fresh", f"state {number}", f"request {number}")]


def test_nothing_of_a_promise_happens_before_the_verdict_on_the_one_before(
    background: Background, ca_file: Path, place: Place
) -> None:
    diary = Diary(background, ca_file, place)
    diary.promise(*range(5))

    assert all(one.kept for one in diary.verify())
    assert diary.happened == one_after_the_other(5)


def test_a_promise_that_waited_long_has_all_its_time_even_so(
    background: Background, ca_file: Path, place: Place
) -> None:
    """Its request for a state was under way already, so it is made anew."""
    diary = Diary(background, ca_file, place, within=0.6)
    diary.answering = diary.arranging = partial(later, 0.6 * 0.6)
    diary.promise(0, 1)

    assert [str(one) for verdict in diary.verify() for one in verdict.mismatches] == []
    assert diary.happened == one_after_the_other(2)


def test_promises_that_are_not_asked_any_more_reach_nobody(background: Background, ca_file: Path, place: Place) -> None:
    diary = Diary(background, ca_file, place, within=0.2)
    diary.answering = never
    diary.promise(*range(PATIENCE + 2))

    assert [one.kept for one in diary.verify()] == [False] * (PATIENCE + 2)
    assert diary.happened == [text for number in range(PATIENCE) for text in ("fresh", f"state {number}")]


def test_one_provider_that_hangs_leaves_the_verdicts_on_the_other_as_they_are(
    background: Background, ca_file: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine was given a promise already when it turns out that it is not to be asked any more."""
    monkeypatch.setattr(verification, "AHEAD", 0.9)
    diary = Diary(background, ca_file, place, within=0.2)
    diary.answering = partial(later, 0.0)
    diary.urls["dial-manager"] = place.raw(asyncio.Protocol)
    for number in range(PATIENCE + 1):
        diary.promise(2 * number, provider=Component.DIAL_MANAGER)
        diary.promise(2 * number + 1)

    verdicts = diary.verify()

    assert [one.kept for one in verdicts] == [False, True] * (PATIENCE + 1)
    assert [text for text in diary.happened if text.startswith("request")] == [
        f"request {2 * number + 1}" for number in range(PATIENCE + 1)
    ]


async def die(verifier: Verifier) -> None:
    process = verifier._engine._process
    assert process is not None
    process.kill()


async def be_given_no_time(verifier: Verifier) -> None:
    await never()


@pytest.mark.parametrize(
    ("failing", "told"),
    [(die, "killed by signal 9 (SIGKILL)"), (be_given_no_time, 'came to no verdict on "book 0" within 0.2 s')],
)
def test_the_end_of_the_engine_is_told_of_the_promise_that_was_tried(
    background: Background,
    ca_file: Path,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    failing: Callable[[Verifier], Awaitable[None]],
    told: str,
) -> None:
    """The other one, which waited, says nothing."""
    diary = Diary(background, ca_file, place)
    diary.answering = lambda: failing(diary.verifier)
    diary.promise(0, 1)
    monkeypatch.setattr(diary.verifier, "limit", lambda interaction: 0.2 if failing is be_given_no_time else 5.0)

    with pytest.raises((EngineDied, EngineSilent)) as raised:
        diary.verify()

    assert told in str(raised.value)


def test_who_is_not_waited_for_is_sent_away(background: Background) -> None:
    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError("nothing is to be arranged")

    def adapter(number: int, transport: str) -> Adapter:
        raise AssertionError("nothing is to be performed")

    for turn in ("7", "x"):
        request = Request("POST", f"/turns/{turn}/states/11", {}, b'{"state": "there is a book"}')
        assert background.run(Bridge(arrange, adapter).answer(request)).status == 422
