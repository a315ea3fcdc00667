"""Provider states as a table: one sentence each, with its holes in braces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any, TypeVar

from cxmock.errors.states import UnknownState

F = TypeVar("F", bound=Callable[..., Any])


class States:
    """The provider states that a part can be put into, filled in its class body.

    The template is the state's name in contracts; its holes are the parameters. What a method returns (a mapping or
    None) fills the values which an interaction takes from its provider state.

    >>> class Door:
    ...     states = States()
    ...     @states("the door is {position}")
    ...     def door_is(self, position: str) -> dict[str, str]:
    ...         return {"seen": position}
    >>> import asyncio
    >>> asyncio.run(Door.states.arrange(Door(), "the door is {position}", {"position": "open"}))
    {'seen': 'open'}
    """

    def __init__(self) -> None:
        self.table: dict[str, str] = {}
        """Template -> method name."""

    def __call__(self, template: str) -> Callable[[F], F]:
        """Declare that the decorated method (plain or async) brings about the state ``template``."""

        def declare(function: F) -> F:
            self.table[template] = function.__name__
            return function

        return declare

    async def arrange(self, owner: object, template: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Bring ``owner`` into a state; return the values it gives to interactions.

        Raises:
            UnknownState: there is no such state here.
        """
        name = self.table.get(template)
        if name is None:
            raise UnknownState(template, type(owner).__name__, list(self.table))
        result = getattr(owner, name)(**params)
        if isawaitable(result):
            result = await result
        return dict(result or {})
