"""Leaves a store that somebody else runs as it was found: at the end, or by the reaper if we do not live to see it.

The reaper runs ``python -m cxmock.stores.leaving FILE``; the file is private, since what is in it opens the store.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from cxmock.net.processes import Supervisor

WITHIN = 20.0
"""Seconds to leave."""


class Leaving:
    """What is to be removed from somebody's store, and how.

    Args:
        store: whose ``leave`` is called.
        facts: with which arguments.
        folder: private; the file for the reaper is there.
        supervisor: has the reaper do it in the end.
    """

    def __init__(
        self, store: Literal["postgres", "redis"], facts: Mapping[str, Any], folder: Path, supervisor: Supervisor
    ) -> None:
        self._store = store
        self._facts = facts
        self._file = folder / "leaving.json"
        self._supervisor = supervisor
        self._arranged = False

    def arrange(self) -> None:
        """Say that there is something to remove from now on."""
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps({"store": self._store, "facts": self._facts}))
        self._supervisor.run_at_end(self._command)
        self._arranged = True

    async def leave(self) -> None:
        """Remove it now, if there is something. Harmless when repeated."""
        if self._arranged:
            self._arranged = False
            await _leave(self._store, self._facts)
            self._supervisor.forget(self._command)

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", __name__, str(self._file)]


async def _leave(store: str, facts: Mapping[str, Any]) -> None:
    async with asyncio.timeout(WITHIN):
        await import_module(f"cxmock.stores.{store}.external").leave(**facts)


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    asyncio.run(_leave(told["store"], told["facts"]))
