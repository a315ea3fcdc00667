"""Provider states of a user's own provider: by a URL with Pact's protocol, or by Python functions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.arrangers import Arranger, arranger_of
from cxmock.errors.calls import NoAnswer
from cxmock.errors.contracts import StateRefused
from cxmock.errors.states import UnknownState
from cxmock.errors.verifying import StatesUnusable
from cxmock.net.background import Background
from cxmock.serving import States
from cxmock.wire.http import Request, Response

from .conftest import Place

DOOR = "the door is {position}"


def arranged(
    background: Background, arranger: Arranger, template: str = DOOR, position: str = "open"
) -> Mapping[str, Any]:
    """Have a state brought about; return its values."""

    async def arranging() -> Mapping[str, Any]:
        try:
            return await arranger.arrange(8, template, {"position": position})
        finally:
            await arranger.aclose()

    return background.run(arranging(), within=10)


class Handler:
    """A service that brings about states, as a user would write it."""

    def __init__(self, place: Place, response: Response) -> None:
        self.asked: list[Any] = []
        self.response = response
        self.url = place.serve(self.answer) + "/states?door=1"

    def answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.target, request.json()))
        return self.response


def test_a_url_is_asked_as_pact_asks_and_gives_values(background: Background, place: Place) -> None:
    handler = Handler(place, Response.of({"seen": "open"}))

    assert arranged(background, arranger_of(handler.url)) == {"seen": "open"}
    assert handler.asked == [
        ("POST", "/states?door=1", {"state": DOOR, "params": {"position": "open"}, "action": "setup"})
    ]


@pytest.mark.parametrize("response", [Response(204), Response.plain("OK"), Response.of(["open"])])
def test_a_url_may_give_no_values(background: Background, place: Place, response: Response) -> None:
    assert arranged(background, arranger_of(Handler(place, response).url)) == {}


def test_what_a_url_does_not_find_it_does_not_know(background: Background, place: Place) -> None:
    with pytest.raises(UnknownState):
        arranged(background, arranger_of(Handler(place, Response.plain("no such state", 404)).url))


def test_what_a_url_refuses_is_told_with_its_words(background: Background, place: Place) -> None:
    with pytest.raises(StateRefused) as raised:
        arranged(background, arranger_of(Handler(place, Response.plain("it sticks", 500)).url))

    assert f'refused the state "{DOOR}": HTTP 500: it sticks' in str(raised.value)


def test_a_url_that_hangs_is_left_after_its_time(background: Background, place: Place) -> None:
    with pytest.raises(NoAnswer, match=r"no answer within 0\.1 s"):
        arranged(background, arranger_of(place.raw(asyncio.Protocol), within=0.1))


@pytest.mark.parametrize("url", ["ftp://localhost/states", "http://", "http://localhost:port"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(StatesUnusable, match="it is no http:// or https:// address"):
        arranger_of(url)


def test_a_url_where_nobody_listens_is_noticed_before_the_first_state(background: Background) -> None:
    with pytest.raises(StatesUnusable, match="Connection refused"):
        background.run(arranger_of("http://127.0.0.1:1/states").ready())


def test_functions_may_stand_in_a_mapping(background: Background) -> None:
    arranger = arranger_of({DOOR: lambda position: {"seen": position}})

    assert arranger.known == (DOOR,)
    assert arranged(background, arranger) == {"seen": "open"}


def test_a_function_may_give_nothing(background: Background) -> None:
    assert arranged(background, arranger_of({DOOR: lambda position: None})) == {}


def test_functions_may_be_methods(background: Background) -> None:
    class Porter:
        states = States()

        @states(DOOR)
        async def door(self, position: str) -> dict[str, str]:
            return {"by": "the porter"}

    assert arranged(background, arranger_of(Porter())) == arranged(background, arranger_of(Porter))


def test_a_plain_function_may_block_since_it_has_a_thread_of_its_own(background: Background) -> None:
    """It may even use a service that our own loop serves."""

    def door(position: str) -> dict[str, Any]:
        async def serving() -> str:
            return threading.current_thread().name

        return {"served by": background.run(serving(), within=5), "called by": threading.current_thread().name}

    assert arranged(background, arranger_of({DOOR: door})) == {"served by": "cxmock", "called by": "cxmock-state"}


def test_a_function_that_never_returns_is_left_behind(background: Background) -> None:
    end = threading.Event()

    async def arranging() -> None:
        async with asyncio.timeout(0.1):
            await arranger_of({DOOR: lambda position: end.wait(30)}).arrange(8, DOOR, {"position": ""})

    with pytest.raises(TimeoutError):
        background.run(arranging(), within=5)
    end.set()


@pytest.mark.parametrize("fault", [OSError("it sticks"), StopIteration(), SystemExit(3)])
def test_a_function_that_fails_is_told(background: Background, fault: BaseException) -> None:
    def door(position: str) -> None:
        raise fault

    with pytest.raises((OSError, RuntimeError)):
        arranged(background, arranger_of({DOOR: door}))


MODULE = f'''
from cxmock.serving import States

states = States()

@states("{DOOR}")
def door(position):
    return {{"seen": position}}

others = {{"{DOOR}": lambda position: {{"by": "another"}}}}
number = 7
'''


@pytest.mark.parametrize(
    ("attribute", "values"), [("", {"seen": "open"}), (":states", {"seen": "open"}), (":others", {"by": "another"})]
)
def test_a_module_has_functions(
    background: Background, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attribute: str, values: dict[str, str]
) -> None:
    name = f"door_states{len(attribute)}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)

    assert arranged(background, arranger_of(f"{name}{attribute}")) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no_such_module", "there is no module no_such_module here"),
        ("broken_states", "importing it failed: ZeroDivisionError"),
        ("needy_states", "needy_states needs not_installed"),
        ("fine_states:othres", 'fine_states has no othres. Did you mean "others"?'),
        ("fine_states:number", "it has no table of states"),
        ("json", "it has no table of states"),
    ],
)
def test_a_module_without_functions_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "broken_states.py").write_text("1 / 0")
    (tmp_path / "needy_states.py").write_text("import not_installed")
    (tmp_path / "fine_states.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(StatesUnusable) as raised:
        arranger_of(text)

    assert said in str(raised.value)
