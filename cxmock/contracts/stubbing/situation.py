"""The situation that a stub is in: its contract's provider states, chosen in the way a fake's are brought about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cxmock.contracts import places
from cxmock.contracts.matching.patience import Pattern
from cxmock.contracts.model import Generators, HttpInteraction, Interaction, State, SyncMessage
from cxmock.contracts.state_values import HOLE
from cxmock.errors.states import UnknownState
from cxmock.serving import States

Json = Any


class Situation(States):
    """Which provider states are chosen, and the values that they give.

    A canned answer needs no arranging: to choose a state is to say which answer is wanted, where several promises are
    about the same request.

    Args:
        interactions: what is promised.
    """

    def __init__(self, interactions: Iterable[Interaction]) -> None:
        super().__init__()
        self._interactions = tuple(interactions)
        self.table = {state.name: "" for one in self._interactions for state in one.provider_states}
        self.chosen: list[State] = []
        """In the order in which they were chosen."""
        self.values: dict[str, Json] = {}
        """What they give: the values that the promises have as examples, and the states' own parameters."""

    def choose(self, name: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Choose a state, in addition to those that are chosen; return the values that it gives.

        Parameters that are left out are whatever a promise has.

        Raises:
            UnknownState: no promise has it.
        """
        if name not in self.table:
            raise UnknownState(name, "This stub", list(self.table))
        state = State(name, dict(params or {}))
        given = {**self._examples(state), **state.params}
        self.chosen.append(state)
        self.values |= given
        return given

    async def arrange(self, owner: object, template: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Choose a state; see :meth:`choose`."""
        return dict(self.choose(template, params))

    def forget(self) -> None:
        """Choose none."""
        self.chosen.clear()
        self.values.clear()

    def fitting(self, interaction: Interaction) -> tuple[bool, int]:
        """Return how well an interaction fits the situation; the greater, the better.

        Best are those all of whose states are chosen, and of these the ones that have the most of them. Where none is
        chosen, all fit alike.
        """
        if not self.chosen:
            return True, 0
        known = [any(_is(state, chosen) for chosen in self.chosen) for state in interaction.provider_states]
        return all(known), sum(known)

    def _examples(self, state: State) -> dict[str, Json]:
        """Return the values that promises in a state have in their examples, the first promise's first."""
        found: dict[str, Json] = {}
        for one in self._interactions:
            if any(_is(other, state) for other in one.provider_states):
                for name, value in _values(one):
                    found.setdefault(name, value)
        return found


def _is(promised: State, chosen: State) -> bool:
    """Say whether a promise's state is the chosen one: no parameter contradicts."""
    return promised.name == chosen.name and all(
        promised.params.get(name, value) == value for name, value in chosen.params.items()
    )


def _values(interaction: Interaction) -> Iterator[tuple[str, Json]]:
    """Yield the values that fill an interaction's expressions in its examples."""
    if isinstance(interaction, HttpInteraction):
        request, response = interaction.request, interaction.response
        if request.generators.path is not None:
            yield from _taken(request.generators.path, request.path)
        for name, values in request.query.items():
            yield from _taken(request.generators.query.get(name, {}), values[0] if values else "")
        for message in (request, response):
            for name, header in message.headers.items():
                text = header if isinstance(header, str) else ", ".join(header)
                yield from _taken(message.generators.header.get(name, {}), text)
            if message.body is not None and not message.body.is_base64:
                yield from _in_body(message.body.content, message.generators)
    elif isinstance(interaction, SyncMessage):
        for one in (interaction.request, *interaction.response):
            yield from _in_body(one.contents.content, one.generators)


def _in_body(content: Json, generators: Generators) -> Iterator[tuple[str, Json]]:
    for path, generator in generators.body.items():
        examples: list[Json] = []
        places.change(content, places.read(path), examples.append)
        for example in examples:
            yield from _taken(generator, example)


def _taken(generator: Mapping[str, Json], example: Json) -> Iterator[tuple[str, Json]]:
    """Yield the values that an expression has in its example.

    >>> dict(_taken({"type": "ProviderState", "expression": "/users/${id}/${name}"}, "/users/7/Ada"))
    {'id': '7', 'name': 'Ada'}
    """
    if generator.get("type") != "ProviderState":
        return
    expression = str(generator.get("expression", ""))
    if whole := HOLE.fullmatch(expression):
        yield whole[1], example
    elif isinstance(example, str):
        texts = HOLE.split(expression)
        pattern = "(.+?)".join(map(re.escape, texts[::2]))
        if found := Pattern(pattern).found(example):
            yield from zip(texts[1::2], found.groups(), strict=True)
