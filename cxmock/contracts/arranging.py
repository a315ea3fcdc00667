"""Provider states: who brings them about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from cxmock.errors.states import UnknownState
from cxmock.serving import States

Arrange = Callable[[int, str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Brings about a state, given the connection's number, the state's template and its params; returns its values.

Raises:
    UnknownState: nobody knows the template.
"""


def arranged_by(owners: Callable[[int], Iterable[object]]) -> Arrange:
    """Return an :data:`Arrange` that asks the ``states`` tables of parts.

    Args:
        owners: gives a connection's parts, the provider itself first. What has no ``states`` is passed over.
    """

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        known: list[str] = []
        name = f"Connection {number}"
        for owner in owners(number):
            states = getattr(owner, "states", None)
            if isinstance(states, States):
                if template in states.table:
                    return await states.arrange(owner, template, params)
                name = type(owner).__name__ if not known else name
                known += states.table
        raise UnknownState(template, name, known)

    return arrange


def either(first: Arrange, otherwise: Arrange) -> Arrange:
    """Return an :data:`Arrange` that asks ``first``, and ``otherwise`` for what that does not know."""

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await first(number, template, params)
        except UnknownState as error:
            if error.template != template:
                raise  # it is a state behind this one that nobody knows
            return await otherwise(number, template, params)

    return arrange
