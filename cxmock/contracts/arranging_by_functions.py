"""Provider states brought about by Python functions of the user's, one for each sentence.

A module says which function brings about which state by a table, as our own fakes do, or by a plain mapping::

    from cxmock.serving import States

    states = States()

    @states("device {device} is on suppression list {name}")
    def suppressed(device: str, name: str) -> dict[str, str]: ...
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cxmock.errors.base import nearest
from cxmock.errors.states import UnknownState
from cxmock.errors.verifying import StatesUnusable
from cxmock.serving import States


class StatesByFunctions:
    """Calls a function for each state; its :meth:`arrange` is an :data:`~cxmock.contracts.arranging.Arrange`.

    Plain functions run in a thread of their own: they may block, and call services that are served by our own loop.
    One that never returns is left behind when its time is over.

    >>> states = StatesByFunctions({"the door is {position}": lambda position: {"seen": position}}, "door")
    >>> asyncio.run(states.arrange(11, "the door is {position}", {"position": "open"}))
    {'seen': 'open'}
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]], name: str) -> None:
        self._functions = functions
        self._name = name

    @property
    def known(self) -> tuple[str, ...]:
        """The states that there are functions for."""
        return tuple(self._functions)

    async def arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Bring about a state; return its values.

        Raises:
            UnknownState: there is no function for it.
        """
        function = self._functions.get(template)
        if function is None:
            raise UnknownState(template, self._name, list(self._functions))
        if inspect.iscoroutinefunction(function):
            values = await function(**params)
        else:
            values = await _in_a_thread(function, params)
        return values if isinstance(values, Mapping) else {}

    async def ready(self) -> None:
        """Do nothing: functions are always ready."""

    async def aclose(self) -> None:
        """Do nothing: functions hold nothing open."""


def functions_of(source: object, name: str) -> StatesByFunctions:
    """Return the functions that ``source`` has: a mapping, or an object or module with ``states = States()``.

    A class is made an instance first. ``name`` is what errors call it.

    Raises:
        StatesUnusable: it has none.
    """
    if isinstance(source, type) and isinstance(getattr(source, "states", None), States):
        source = source()
    if isinstance(source, Mapping) and source and all(callable(one) for one in source.values()):
        return StatesByFunctions(source, name)
    states = getattr(source, "states", None)
    if isinstance(states, States) and states.table:
        return StatesByFunctions({one: getattr(source, method) for one, method in states.table.items()}, name)
    if isinstance(states, Mapping):
        return functions_of(states, name)
    raise StatesUnusable(name, "it has no table of states")


def functions_in(text: str, folder: Path | None = None) -> StatesByFunctions:
    """Return the functions of ``module`` or ``module:attribute``; it is imported.

    Args:
        text: the module's name, as in an import, and the attribute's.
        folder: where modules are looked for first; the working folder by default.

    Raises:
        StatesUnusable: there is no such module or attribute, or it has no states.
    """
    name, _, attribute = text.partition(":")
    source: object = _imported(text, name.removesuffix(".py"), folder or Path.cwd())
    if attribute and not hasattr(source, attribute):
        known = [one for one in vars(source) if not one.startswith("_")]
        raise StatesUnusable(text, f"{name} has no {attribute}. {nearest(attribute, known)}")
    found = getattr(source, attribute) if attribute else source
    # A table says only the functions' names: they are in the module that it stands in.
    return functions_of(source if isinstance(found, States) else found, text)


def _imported(text: str, name: str, folder: Path) -> object:
    sys.path.insert(0, str(folder))
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        missing = f"there is no module {name} here" if error.name == name else f"{name} needs {error.name}"
        raise StatesUnusable(text, missing) from error
    except Exception as error:
        raise StatesUnusable(text, f"importing it failed: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(folder))


async def _in_a_thread(function: Callable[..., Any], params: Mapping[str, Any]) -> Any:
    """Call a function in a thread that nobody waits for at the end, whatever it does."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(value)

    def call() -> None:
        value, failure = None, None
        try:
            value = function(**params)
        except BaseException as error:
            plain = isinstance(error, Exception) and not isinstance(error, StopIteration)
            failure = error if plain else RuntimeError(f"{type(error).__name__}: {error}")
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=call, name="cxmock-state", daemon=True).start()
    value = await done
    return await value if inspect.isawaitable(value) else value
