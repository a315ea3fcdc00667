"""How much memory this process took at most."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

MEBIBYTE: Final = 2**20
GIBIBYTE: Final = 2**30


class Peak:
    """Watches this process from now on."""

    def __init__(self) -> None:
        # This makes the kernel forget the highest resident size so far (proc(5)).
        Path("/proc/self/clear_refs").write_text("5")
        self._before = self._highest()

    def growth(self) -> int:
        """Return by how many bytes the process grew, at most, since then."""
        return self._highest() - self._before

    def _highest(self) -> int:
        found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024
