"""The one testbed of a pytest session: made when a test first asks, reset between tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, cast

import pytest

from pytest_cxmock.inprocess import NEEDS_SOCKETS, Inside

if TYPE_CHECKING:
    from cxmock.net.addresses import Ports
    from cxmock.net.tls import Showing
    from cxmock.testbed import Testbed
    from cxmock.testbed.in_process import InProcess
    from cxmock.testbed.snapshot import Snapshots
    from pytest_cxmock.verifying import Verifying

STORES_VARIABLE = "CXMOCK_STORES"
"""The environment variable that chooses the stores where the command line does not."""
KEY = pytest.StashKey["Session"]()
"""Where the session stands in pytest's config."""

COMPONENTS = {
    "cx_compliance": "compliance-provider",
    "cx_confserv": "confserv",
    "cx_contact": "ingress",
    "cx_gws": "gws",
    "cx_nexus": "nexus",
    "cx_ocs": "ocs",
    "cx_postgres": "postgres",
    "cx_redis": "redis",
    "cx_sftp": "sftp",
    "cx_share": "share",
}
"""Fixture -> the component that it starts."""

EVERYTHING = frozenset(
    {"cx_testbed", "cx_contact", "cx_seed", "cx_snapshot", "cx_journal", "cx_env", "cx_names", "cx_interaction"}
)
"""Fixtures that may touch any connection."""


class Session:
    """Holds the testbed and how it was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._testbed: Testbed | None = None
        self._verifying: Verifying | None = None
        self._snapshots: Snapshots | None = None
        self.inside = Inside()

    @property
    def testbed(self) -> Testbed:
        """The testbed; made now if there is none yet."""
        if self.inside.active is not None:
            pytest.fail(NEEDS_SOCKETS, pytrace=False)
        if self._testbed is None:
            from cxmock.testbed import Options, Testbed

            self._testbed = Testbed(
                Options(
                    stores=chosen_stores(self._config),
                    ports=cast("Ports", _chosen(self._config, "ports")),
                    tls=cast("Showing", _chosen(self._config, "tls")),
                    redis=cast("Literal['standalone', 'cluster']", _chosen(self._config, "redis")),
                    worker=_worker(self._config),
                )
            )
        return self._testbed

    @property
    def bench(self) -> Testbed | InProcess:
        """What the present test works at: the testbed, or the fakes without sockets where it is marked so."""
        return self.inside.active or self.testbed

    @property
    def running(self) -> Testbed | None:
        """The testbed, if any test has asked for it."""
        return self._testbed

    @property
    def verifying(self) -> Verifying:
        """What tries promises; made when a test first asks, and its engine kept warm."""
        if self._verifying is None:
            from pytest_cxmock.verifying import Verifying

            self._verifying = Verifying(self.testbed)
        return self._verifying

    @property
    def snapshots(self) -> Snapshots:
        """What takes and restores snapshots; their marks outlive a test."""
        if self._snapshots is None:
            from cxmock.testbed.snapshot import Snapshots

            self._snapshots = Snapshots(self.testbed)
        return self._snapshots

    def start(self, fixture: str) -> object:
        """Start what ``fixture`` stands for, with what it needs; return what plays it."""
        from cxmock.topology import Component

        component = Component(COMPONENTS[fixture])
        self.bench.start(component)
        return self.bench.part(component)

    def close(self) -> None:
        """End the testbed, if there is one."""
        self.inside.close()
        if self._verifying is not None:
            self._verifying.close()
            self._verifying = None
        if self._testbed is not None:
            self._testbed.stop()
            self._testbed = None

    def exchanges(self, fixtures: list[str], limit: int = 30) -> str:
        """Return the latest exchanges on the connections which a test with ``fixtures`` used, one a line."""
        bench = self.inside.active or self._testbed
        if bench is None:
            return ""
        from cxmock.topology import Component, rows_of

        used = {row for name in fixtures if name in COMPONENTS for row in rows_of(Component(COMPONENTS[name]))}
        if EVERYTHING & set(fixtures):
            used = set(range(1, 14))
        lines = [str(exchange) for exchange in bench.journal if exchange.connection in used]
        if len(lines) > limit:
            lines = [f"... {len(lines) - limit} earlier ones", *lines[-limit:]]
        return "\n".join(lines)

    def deaths(self) -> str:
        """Return what is to be said of stores and services that have died."""
        return "" if self._testbed is None else "\n".join(map(str, self._testbed.deaths))


def _chosen(config: pytest.Config, name: str) -> str:
    """Return an option: from the command line, else from the configuration file."""
    return str(config.getoption(f"cxmock_{name}") or config.getini(f"cxmock_{name}"))


def chosen_stores(config: pytest.Config) -> str:
    """Return how the stores are run: from the command line, else the environment, else the configuration file."""
    given = config.getoption("cxmock_stores") or os.environ.get(STORES_VARIABLE)
    return str(given or config.getini("cxmock_stores"))


def _worker(config: pytest.Config) -> int:
    """Return 0, or with pytest-xdist the worker's number from 1 on: a byte, since those that crash are replaced."""
    worker: dict[str, str] = getattr(config, "workerinput", {})
    return (int(worker["workerid"].removeprefix("gw")) + 1) % 256 if worker else 0
