"""What ``import cxmock`` gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cxmock


@pytest.mark.parametrize("name", cxmock.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(cxmock, name) is not None


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Testbad'"):
        cxmock.Testbad  # noqa: B018


def test_importing_it_loads_nothing_else() -> None:
    script = "import sys, cxmock; print(*(name for name in sys.modules if name.startswith('cxmock.')))"

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert ran.stdout.strip() == ""
