"""The documentation names everything that a user can use, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pytest_cxmock
from cxmock.cli.main import VERBS
from cxmock.testbed import Testbed
from pytest_cxmock.hooks import CHOICES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize("fixture", [name for name in pytest_cxmock.__all__ if name.startswith("cx_")])
def test_every_fixture_is_documented(fixture: str) -> None:
    assert f"`{fixture}`" in page("reference/pytest.md")


@pytest.mark.parametrize("option", CHOICES)
def test_every_option_is_documented_with_its_values(option: str) -> None:
    (line,) = [line for line in page("reference/pytest.md").splitlines() if f"`--cxmock-{option}`" in line]

    assert all(f"`{value}`" in line for value in CHOICES[option][0])


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    assert f"`cxmock {verb}" in page("reference/command-line.md")


def test_every_variable_is_documented() -> None:
    with Testbed() as testbed:
        missing = [name for name in testbed.env if f"`{name}`" not in page("reference/command-line.md")]

    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", path.read_text())

    assert [target for target in targets if not (path.parent / target).exists()] == []
