"""What is kept of a part, so that it can be put back: the protocol, and the content of objects in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any, Protocol


class Kept(Protocol):
    """The state of a part at one moment. It may be put back as often as one likes."""

    async def put_back(self) -> None:
        """Return the part to that state. Whoever acts on its own has been reset before. Clients stay connected."""

    async def forget(self) -> None:
        """Give up what is kept."""


class Keeping(Protocol):
    """A part whose state can be kept; any other is reset instead."""

    async def keep(self) -> Kept | None:
        """Return the state; None where there is none to keep."""


class Remembered:
    """The content of objects in memory, put back into the very same objects: who holds one of them sees it.

    Followed are dicts, lists, sets, deques, tuples and dataclasses, from the named attributes on. All else (clocks,
    clients, locks) stays as it is: it is wiring, not state.

    >>> class Fake:
    ...     def __init__(self): self.sent = [{"to": "Ada"}]
    >>> fake = Fake()
    >>> before = Remembered((fake, ["sent"]))
    >>> fake.sent[0]["to"] = "Bea"
    >>> fake.sent = []
    >>> before.put_back()
    >>> fake.sent
    [{'to': 'Ada'}]

    Args:
        state: objects, each with the names of the attributes that are state.
    """

    def __init__(self, *state: tuple[object, Iterable[str]]) -> None:
        self._contents: list[tuple[Callable[[Any], None], Any]] = []
        seen: dict[int, object] = {}
        """By identity; the objects themselves are held, so that no other gets the same one."""
        waiting: list[object] = []
        for owner, names in state:
            attributes = {name: getattr(owner, name) for name in names}
            self._contents.append((_Setter(owner), attributes))
            waiting += attributes.values()
        while waiting:
            one = waiting.pop()
            kind = type(one)
            if kind in _PLAIN or id(one) in seen:
                continue
            seen[id(one)] = one
            waiting += self._remember(one)
        self._seen = seen

    def put_back(self) -> None:
        """Give every object the content that it had."""
        for put, content in self._contents:
            put(content)

    def _remember(self, one: Any) -> Iterable[object]:
        """Note the content of one object; return what is in it."""
        if isinstance(one, dict):
            self._contents.append((_Refill(one, one.update), dict(one)))
            return [*one, *one.values()]
        if isinstance(one, (list, deque)):
            self._contents.append((_Refill(one, one.extend), list(one)))
            return list(one)
        if isinstance(one, set):
            self._contents.append((_Refill(one, one.update), set(one)))
            return list(one)
        if isinstance(one, (tuple, frozenset)):
            return list(one)
        if is_dataclass(one):
            attributes = {each.name: getattr(one, each.name) for each in fields(one) if hasattr(one, each.name)}
            if not one.__dataclass_params__.frozen:  # type: ignore[union-attr]
                self._contents.append((_Setter(one), attributes))
            return list(attributes.values())
        return ()


class RememberedPart:
    """What is kept of a part that is all in memory.

    Args:
        reset: what ends whatever the part does on its own.
        state: see :class:`Remembered`.
    """

    def __init__(self, reset: Callable[[], Awaitable[None] | None], *state: tuple[object, Iterable[str]]) -> None:
        self._reset = reset
        self._state = Remembered(*state)

    async def put_back(self) -> None:
        """End what is under way, and put the state back."""
        if (ending := self._reset()) is not None:
            await ending
        self._state.put_back()

    async def forget(self) -> None:
        """Memory is given up with this object."""


class _Setter:
    """Sets an object's attributes."""

    def __init__(self, owner: object) -> None:
        self._owner = owner

    def __call__(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            setattr(self._owner, name, value)


class _Refill:
    """Empties a container and fills it."""

    def __init__(self, container: Any, fill: Callable[[Any], None]) -> None:
        self._container = container
        self._fill = fill

    def __call__(self, content: Any) -> None:
        self._container.clear()
        self._fill(content)


_PLAIN = frozenset((str, bytes, int, float, bool, type(None)))
