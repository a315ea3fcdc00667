"""What the README shows really runs, and its table is the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxmock.cli.connections import markdown

pytest_plugins = ["pytester"]

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_table_is_generated_from_the_topology() -> None:
    match = re.search(r"<!-- generated: cxmock connections --markdown -->\n(.*?)\n<!-- end -->", README, re.DOTALL)

    assert match is not None
    assert match.group(1) == markdown()


def test_the_first_example_passes_as_it_stands(pytester: pytest.Pytester) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    pytester.makepyfile(code)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
