"""A component that is asked for before it is started: the error names a fixture that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pytest_cxmock
from cxmock.errors.playing import NotStarted
from cxmock.topology import Component

PLUGIN = Path(pytest_cxmock.__file__).parent


@pytest.mark.parametrize("component", [one for one in Component if one is not Component.CONTROL])
def test_the_fixture_that_is_named_is_there(component: Component) -> None:
    there = {
        name for file in PLUGIN.glob("*.py") for name in re.findall(r"^def (cx_\w+)", file.read_text(), re.MULTILINE)
    }

    [named] = re.findall(r"the fixture (cx_\w+)", NotStarted(component, []).fix)

    assert named in there
