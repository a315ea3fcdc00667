"""What OCS asks and tells over HTTP, when CX Contact is well and when it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from cxmock.fakes.ocs.callbacks import (
    AGAIN,
    HISTORY_LIMIT,
    LONGEST_WAIT,
    Handed,
    History,
    Poster,
    StatePosts,
    hand_over,
    validate,
)
from cxmock.fakes.ocs.setup import Options
from cxmock.net.addresses import Addresses
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.waiting import until
from cxmock.serving.genesys import Refused
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Request, Response


@dataclass
class Contact:
    """Stands in for CX Contact: keeps what it is sent and answers as told."""

    url: str
    answer: Response = field(default_factory=Response)
    hanging: bool = False
    bodies: list[Any] = field(default_factory=list)

    async def handle(self, request: Request) -> Response:
        self.bodies.append(request.json())
        if self.hanging:
            await asyncio.get_running_loop().create_future()
        return self.answer


@asynccontextmanager
async def contact() -> AsyncIterator[tuple[Contact, Poster]]:
    addresses = Addresses(ports="ephemeral")
    sock = addresses.socket(Component.COMPLIANCE_MANAGER, 8888)
    there = Contact(f"http://127.0.0.1:{sock.getsockname()[1]}/somewhere?a=b")
    listener = Listener(sock, lambda secure: HttpConnection(there.handle, lambda *_: None))
    listener.open()
    poster = Poster(lambda: pytest.fail("nothing here is encrypted"))
    try:
        yield there, poster
    finally:
        await poster.aclose()
        await listener.close()
        addresses.close()


Story = Callable[[Contact, Poster], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    async def whole() -> None:
        async with contact() as (there, poster):
            await story(there, poster)

    asyncio.run(whole())


async def ask(there: Contact, poster: Poster) -> tuple[bool, int, dict[str, Any]]:
    verdict = await validate(poster, there.url, {"GSW_PHONE": "1"}, within=0.2, otherwise=44)
    return verdict.allowed, verdict.result, verdict.rule


def test_200_lets_a_record_be_dialed() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        assert (await ask(there, poster))[0]
        assert there.bodies == [{"GSW_PHONE": "1"}]

    tell(story)


def test_409_forbids_it_and_may_name_the_result_and_the_rule() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.answer = Response.of({"GSW_CALL_RESULT": 52, "GSW_BLOCKING_RULE": "3 a day", "other": 1}, status=409)
        assert await ask(there, poster) == (False, 52, {"GSW_BLOCKING_RULE": "3 a day"})
        there.answer = Response(409)
        assert await ask(there, poster) == (False, CallResult.DO_NOT_CALL, {})

    tell(story)


@pytest.mark.parametrize("answer", [Response(500), Response(204), Response.of({"GSW_CALL_RESULT": "no"}, status=409)])
def test_an_answer_that_means_nothing_is_none(answer: Response) -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.answer = answer
        assert await ask(there, poster) == (False, 44, {})

    tell(story)


def test_a_validation_that_hangs_gives_the_result_for_a_time_out() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.hanging = True
        assert await ask(there, poster) == (False, 44, {})

    tell(story)


def test_nobody_there_is_no_answer() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.url = "http://127.0.0.1:1/"
        assert await ask(there, poster) == (False, 44, {})

    tell(story)


def facts(guid: str, sequence: int) -> dict[str, Any]:
    return {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_HIST_SEQUENCE_NUM": sequence}


def test_history_is_sent_again_until_it_is_taken_each_attempt_in_order() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        freed: list[int] = []
        history = History(poster, there.url, every=0.01, freed=lambda: freed.append(history.waiting))
        there.answer = Response(503)
        for guid in ("a", "b"):
            for sequence in (0, 1):
                await history.post(facts(guid, sequence))
        assert history.waiting == 2
        there.bodies.clear()
        there.answer = Response(200)
        assert await until(lambda: not history.waiting, within=2)
        assert there.bodies == [facts("a", 0), facts("a", 1), facts("b", 0), facts("b", 1)]
        assert (history.resent, freed) == (4, [1, 0])
        await history.close()

    tell(story)


def test_only_200_takes_history() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        history = History(poster, there.url, every=60, freed=lambda: None)
        there.answer = Response(204)
        await history.post(facts("a", 0))
        assert history.waiting == 1
        await history.close()
        assert history.waiting == 0

    tell(story)


def test_history_that_piles_up_is_full() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.url = "http://127.0.0.1:1/"
        history = History(poster, there.url, every=60, freed=lambda: None)
        for number in range(HISTORY_LIMIT):
            history._unsent[str(number)] = history._unsent.get("", __import__("collections").deque())
        assert history.full
        await history.close()

    tell(story)


def test_states_go_in_order_and_are_not_sent_again() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.answer = Response(500)
        states = StatePosts(poster, there.url)
        for number in range(5):
            states.post({"n": number})
        assert await until(lambda: len(there.bodies) == 5, within=2)
        await states.close(within=1)
        assert there.bodies == [{"n": number} for number in range(5)]

    tell(story)


def test_last_words_have_a_time_limit() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        there.hanging = True
        states = StatePosts(poster, there.url)
        states.post({"n": 1})
        assert await until(lambda: bool(there.bodies), within=2)
        async with asyncio.timeout(1):
            await states.close(within=0.01)

    tell(story)


def test_the_digital_dialer_answers_by_attempt() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        results = [{"GSW_CALL_ATTEMPT_GUID": "a", "GSW_CALL_RESULT": 0}, {"GSW_CALL_ATTEMPT_GUID": "b"}, 5]
        there.answer = Response.of({"results": results})
        assert await hand_over(poster, there.url, {"records": []}) == Handed({"a": 0})
        there.answer = Response.of([1, 2])
        assert await hand_over(poster, there.url, {"records": []}) == Handed({})
        there.answer = Response(500)
        assert await hand_over(poster, there.url, {"records": []}) == Handed({})

    tell(story)


def test_a_digital_dialer_that_says_later_is_asked_again_when_it_says() -> None:
    async def story(there: Contact, poster: Poster) -> None:
        for status, headers, again in (
            (503, {"Retry-After": "7"}, 7),
            (429, {"Retry-After": "86400"}, LONGEST_WAIT),
            (502, {"Retry-After": "soon"}, AGAIN),
            (504, {}, AGAIN),
        ):
            there.answer = Response.of({}, status, headers)
            handed = await hand_over(poster, there.url, {"records": []})
            assert (handed.results, handed.again) == ({}, again)
            assert handed.said == f"The digital dialer takes nothing now: HTTP {status}."
        handed = await hand_over(poster, "http://127.0.0.1:1/", {"records": []})
        assert handed == Handed({}, AGAIN, "The digital dialer does not answer.")

    tell(story)


def test_options_of_the_group_win_over_those_of_ocs() -> None:
    mine = {"validation-uri": "http://127.0.0.1:1/a", "validation-timeout-call-result": "46"}
    options = Options.read(mine, {"validation-uri": "http://127.0.0.1:1/b", "history-uri": ""})
    assert options.validation_uri == "http://127.0.0.1:1/b"
    assert (options.validation_timeout_call_result, options.history_uri) == (46, "")


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ({"validation-uri": "8888/validate"}, "Option validation-uri is '8888/validate'; it has to be an http"),
        ({"validation-timeout": "soon"}, "Option validation-timeout is 'soon'; it has to be between 0.001 and 60"),
        ({"validation-timeout-call-result": 54}, "between 0 and 53"),
        ({"talk-time": -1}, "Option talk-time is -1; it has to be between 0 and 86400"),
        ({"callback-tolerance": 0}, "Option callback-tolerance is 0; it has to be between 1 and 604800"),
        ({"media": "fax"}, "Option media is 'fax'; it has to be one of"),
        ({"media": "sms"}, "A campaign of sms needs the option digital-dialer-uri"),
    ],
)
def test_a_wrong_option_is_named(section: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        Options.read(section)
