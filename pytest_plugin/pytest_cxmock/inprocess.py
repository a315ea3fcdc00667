"""``@pytest.mark.cx_inprocess``: the fakes without sockets, behind the same fixtures, for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cxmock.testbed.in_process import InProcess

MARKER = "cx_inprocess"
HELP = (
    f"{MARKER}: no sockets; httpx reaches the HTTP fakes by name (https://gws, https://nexus, "
    "https://compliance-provider), and cx_redis.client() gives a fakeredis client"
)
NEEDS_SOCKETS = (
    f"A test marked with {MARKER} has no testbed.\n"
    "  expected: cx_gws, cx_nexus, cx_compliance, cx_confserv, cx_ocs, cx_redis, cx_journal, cx_env and no others\n"
    f"  why:      PostgreSQL, files and CX Contact itself are reached through sockets\n"
    f"  fix:      remove @pytest.mark.{MARKER}, or the fixture that needs more"
)


class Inside:
    """The fakes of marked tests: made when the first comes, mounted for each, ended with the session."""

    def __init__(self) -> None:
        self._fakes: InProcess | None = None
        self.active: InProcess | None = None
        """What the present test has, if it is marked."""

    def enter(self) -> None:
        """Mount the fakes."""
        if self._fakes is None:
            from cxmock.testbed.in_process import InProcess

            self._fakes = InProcess()
        self.active = self._fakes.__enter__()

    def leave(self) -> None:
        """Take them away, as fresh as they were."""
        if self.active is not None:
            fakes, self.active = self.active, None
            fakes.__exit__()
            fakes.reset()

    def close(self) -> None:
        """End them."""
        self.leave()
        if self._fakes is not None:
            self._fakes.close()
            self._fakes = None


def marked(item: pytest.Item) -> bool:
    """Say whether a test is to have the fakes without sockets."""
    return item.get_closest_marker(MARKER) is not None
