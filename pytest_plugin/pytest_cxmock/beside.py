"""Where a path in a marker leads to."""

from __future__ import annotations

from pathlib import Path

import pytest


def beside(item: pytest.Item, path: str | Path) -> Path:
    """Return a path that is meant from the test's folder, or else from where pytest's configuration is."""
    near = item.path.parent / path
    return near if near.exists() else item.config.rootpath / path
