"""``@pytest.mark.cx_verifies(8, url=...)``: one test for each promise of a connection, each failing alone.

The marked function is called for each promise, with its fixtures; when it returns, the promise is tried. So fixtures
and body may start the service, or arrange it; a body that has nothing to do is a docstring.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_cxmock.beside import beside

if TYPE_CHECKING:
    from cxmock.contracts.model import Contract, Interaction, State

MARKER = "cx_verifies"
FIXTURE = "cx_interaction"
HELP = (
    f"{MARKER}(number, url=None, contract=None, states=None, only='', skip=(), within=5.0, ca=None): one test for each "
    "promise of a connection; url, where the provider is, may be a URL, a fixture's name, a callable, or these by "
    "component"
)

EXAMPLE = 'cx_verifies(8, url="http://localhost:9000"); also contract=, states=, only=, skip=, within=, ca=.'


@dataclass(frozen=True, slots=True)
class Wish:
    """What a marker says."""

    number: int | None = None
    url: Any = None
    """None for whatever plays the component in the testbed."""
    contract: Path | None = None
    states: Any = None
    only: str = ""
    skip: tuple[str, ...] = ()
    within: float = 5.0
    ca: Path | None = None


@dataclass
class Promise:
    """One promise of a contract, as the fixture ``cx_interaction`` gives it to the test that tries it."""

    number: int
    """The connection."""
    contract: Contract = field(repr=False)
    place: int
    wish: Wish = field(repr=False)
    tried: bool = False
    """Whether it has been verified already."""
    _verify: Callable[[Promise], None] | None = field(default=None, repr=False)

    @property
    def interaction(self) -> Interaction:
        """The promise as the contract says it."""
        return self.contract.interactions[self.place]

    @property
    def description(self) -> str:
        """What happens, in words."""
        return self.interaction.description

    @property
    def states(self) -> tuple[State, ...]:
        """How the provider has to be arranged first."""
        return self.interaction.provider_states

    def prepare(self, verify: Callable[[Promise], None]) -> None:
        """Say how it is tried."""
        self._verify = verify

    def verify(self) -> None:
        """Try the promise now; the test fails with an explanation if it is not kept."""
        assert self._verify is not None
        self.tried = True
        self._verify(self)


def give_promises(collector: pytest.Collector, name: str, function: object) -> None:
    """Have a marked test function use the fixture, whether its arguments name it or not."""
    is_test = isinstance(collector, (pytest.Module, pytest.Class)) and collector.funcnamefilter(name)
    if not is_test or not inspect.isfunction(function):
        return
    own = [mark.name for mark in getattr(function, "pytestmark", ()) if isinstance(mark, pytest.Mark)]
    if MARKER in own or any(collector.iter_markers(MARKER)):
        pytest.mark.usefixtures(FIXTURE)(function)


def try_now(item: pytest.Function) -> None:
    """Try the promise of a marked test, unless its body did."""
    promise = item.funcargs.get(FIXTURE)
    if isinstance(promise, Promise):
        if not promise.tried:
            promise.verify()
    elif item.get_closest_marker(MARKER) is not None:
        # A check that was never made must not look like one that passed.
        pytest.fail(f"{item.name} is marked with {MARKER}, but was made without a promise.", pytrace=False)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Have a marked function called once for each promise that its markers mean."""
    markers = list(metafunc.definition.iter_markers(MARKER))
    if not markers:
        return
    from cxmock.errors import CxmockError

    try:
        promises = [one for marker in reversed(markers) for one in _promises(metafunc.definition, marker)]
    except CxmockError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    names = [f"{one.number:02}::{one.description}" for one in promises]
    metafunc.parametrize(FIXTURE, promises, ids=names, indirect=True)


def _promises(definition: pytest.Function, marker: pytest.Mark) -> Iterator[Promise]:
    from cxmock.contracts.chosen import choose

    wish = _wish(definition, marker)
    for one in choose([] if wish.number is None else [wish.number], wish.contract, wish.only, wish.skip):
        for place in one.places:
            yield Promise(one.number, one.contract, place, wish)


def _wish(definition: pytest.Function, marker: pytest.Mark) -> Wish:
    """Return what a marker says.

    Raises:
        MarkerMisused: it says what it has no place for.
    """
    from cxmock.errors.base import nearest
    from cxmock.errors.verifying import MarkerMisused

    said = dict(marker.kwargs)
    if len(marker.args) > 1:
        raise MarkerMisused(MARKER, definition.name, "it takes one connection; use it again for another", EXAMPLE)
    if marker.args:
        said["number"] = marker.args[0]
    known = list(Wish.__dataclass_fields__)
    if unknown := [name for name in said if name not in known]:
        reason = f"it has no argument {unknown[0]}. {nearest(unknown[0], known)}"
        raise MarkerMisused(MARKER, definition.name, reason, EXAMPLE)
    number = said.get("number")
    if not (number is None and "contract" in said) and (type(number) is not int or not 1 <= number <= 13):
        raise MarkerMisused(MARKER, definition.name, f"there is no connection {number!r}, only 1 to 13", EXAMPLE)
    if "contract" in said:
        said["contract"] = beside(definition, said["contract"])
    if said.get("ca") is not None:
        said["ca"] = beside(definition, said["ca"])
    if isinstance(said.get("skip"), str):
        said["skip"] = (said["skip"],)
    return Wish(**said)


def resolved(request: pytest.FixtureRequest, value: Any) -> Any:
    """Return what a marker's argument means: names of fixtures give way to their values, also inside a mapping.

    A callable's fixtures are resolved now, as a test's are; it is called when the promise is tried.
    """
    if isinstance(value, Mapping):
        return {key: resolved(request, one) for key, one in value.items()}
    if isinstance(value, str) and value.isidentifier():
        return request.getfixturevalue(value)
    if callable(value) and not isinstance(value, type):
        given = {name: request.getfixturevalue(name) for name in inspect.signature(value).parameters}
        return lambda: value(**given)
    return value
