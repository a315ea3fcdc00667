"""What the README and the tutorial show really runs, and the README's table is the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxmock.cli.connections import markdown

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_table_is_generated_from_the_topology() -> None:
    match = re.search(r"<!-- generated: cxmock connections --markdown -->\n(.*?)\n<!-- end -->", README, re.DOTALL)

    assert match is not None
    assert match.group(1) == markdown()


def test_the_first_example_passes_as_it_stands(pytester: pytest.Pytester) -> None:
    run(pytester, README)


def test_the_tutorials_example_passes_as_it_stands(pytester: pytest.Pytester) -> None:
    run(pytester, (ROOT / "docs/tutorial.md").read_text())


def run(pytester: pytest.Pytester, page: str) -> None:
    """Run the first Python example of a page."""
    pytester.makepyfile(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0])

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
