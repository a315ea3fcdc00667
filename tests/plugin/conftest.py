"""What the tests of the plugin share: the pytest runs inside them are quick to start."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs inside a test load no other plugin than ours: all that are installed here take longer than pytest."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_cxmock")


@pytest.fixture
def every_plugin(only_ours: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs inside a test load every plugin that is installed, ours by its entry point: as users' do."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")
