"""Lint: what can be wrong with a contract before anybody is held to it, one file a check."""

from __future__ import annotations

from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.linting.linting import Linted, lint

__all__ = ["Finding", "Linted", "lint"]
