"""``@pytest.mark.cx_conforms(11)``: what the service under test does on a connection has to be what is promised there.

The exchanges since the test began are judged when its body is done. With ``strict=True`` whatever is not promised is
refused on the spot, too, so that the service fails where it goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_cxmock.beside import beside

if TYPE_CHECKING:
    from cxmock.testbed import Testbed

MARKER = "cx_conforms"
HELP = f"{MARKER}(number, ..., contract=None, strict=False): what the test does on these connections has to be promised"
EXAMPLE = f"{MARKER}(11), {MARKER}(5, 11), {MARKER}(11, contract='mine.json', strict=True)."
SECTION = "cxmock conformance"


@dataclass(frozen=True, slots=True)
class Held:
    """What one marker asks for."""

    numbers: tuple[int, ...]
    contract: Path | None
    strict: bool


def held(item: pytest.Item) -> list[Held]:
    """Return what a test's markers ask for; the test fails if one of them says what it has no place for."""
    return [_read(item, marker) for marker in item.iter_markers(MARKER)]


def be_strict(asked: list[Held], testbed: Testbed) -> None:
    """Have the testbed refuse what is not promised, where a marker wants that."""
    for one in asked:
        if one.strict:
            testbed.be_strict(*one.numbers, contract=one.contract)


def judge(asked: list[Held], testbed: Testbed) -> None:
    """Fail the running test, with the explanation as text, unless all that happened was promised."""
    from cxmock.errors import CxmockError

    try:
        for one in asked:
            for number in one.numbers:
                testbed.journal.conformance(number, contract=one.contract).raise_unless_good()
    except CxmockError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def tell(item: pytest.Item, asked: list[Held], testbed: Testbed) -> None:
    """Add to the report of a test that fails by itself what was not promised: often that is why."""
    from cxmock.errors import CxmockError

    for one in asked:
        for number in one.numbers:
            try:
                wrong = testbed.journal.conformance(number, contract=one.contract).wrong
            except CxmockError as error:
                item.add_report_section("call", SECTION, str(error))
            else:
                for text in dict.fromkeys(str(judgement.explanation) for judgement in wrong[:3]):
                    item.add_report_section("call", SECTION, text)


def _read(item: pytest.Item, marker: pytest.Mark) -> Held:
    for problem in _problems(marker):
        from cxmock.errors.verifying import MarkerMisused

        raise pytest.fail.Exception(str(MarkerMisused(MARKER, item.name, problem, EXAMPLE)), pytrace=False)
    contract = marker.kwargs.get("contract")
    return Held(
        marker.args,
        None if contract is None else beside(item, contract),
        marker.kwargs.get("strict", False),
    )


def _problems(marker: pytest.Mark) -> Iterator[str]:
    """Yield what is wrong with what a marker says."""
    if not marker.args:
        yield "it names no connection"
    for number in marker.args:
        if type(number) is not int or not 1 <= number <= 13:
            yield f"there is no connection {number!r}, only 1 to 13"
    for name in marker.kwargs:
        if name not in ("contract", "strict"):
            yield f"it has no argument {name}"
    if marker.kwargs.get("contract") is not None and len(marker.args) > 1:
        yield "a contract is about one connection; use the marker again for another"
