"""A bell for journals of which nobody waits for anything."""

from __future__ import annotations

from collections.abc import Callable


class Silent:
    """Rings for nobody; who waits sees at once whether it has happened."""

    def ring(self) -> None: ...

    def wait(self, happened: Callable[[], bool], within: float) -> bool:
        return happened()
