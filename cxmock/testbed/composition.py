"""Who plays what: the one place that says it. Each entry imports its part only when that part is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.errors.stubs import NoStub
from cxmock.serving import Door, HttpPart, Part, Site
from cxmock.serving.http_part import HttpFake
from cxmock.stores.choosing import Stores
from cxmock.testbed.options import Options
from cxmock.topology import CONNECTIONS, Component
from cxmock.wire.http import Request

if TYPE_CHECKING:
    from cxmock.contracts.model import Contract

C = Component

INTERNAL_CALLERS = frozenset(
    {
        "cxc-ingress",
        "cxc-amark-app",
        "cxc-campaign-manager",
        "cxc-compliance",
        "cxc-dial-manager",
        "cxc-job-scheduler",
        "cxc-list-builder",
        "cxc-list-manager",
    }
)
"""Who calls the back ends' ports from among CX Contact's own: the table does not list that traffic."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a component is played."""

    build: Callable[[Options], Part]
    """By default."""
    play: Callable[[str], Part]
    """By somebody else, who listens at a URL."""
    needs: tuple[Component, ...] = ()
    """Who has to run for the default to do its work: started with it."""
    stub: Callable[[Contract], Part] | None = None
    """From a contract alone; None where that cannot be."""


# Stores


def _postgres(needs: tuple[Component, ...] = ()) -> Recipe:
    def build(options: Options) -> Part:
        from cxmock.stores.postgres import Postgres

        chosen = Stores.read(options.stores)
        return Postgres(chosen.postgres, url=chosen.postgres_url)

    def play(url: str) -> Part:
        from cxmock.stores.postgres import Postgres

        return Postgres("external", url=url)

    return Recipe(build, play, needs)


def _redis() -> Recipe:
    def build(options: Options) -> Part:
        from cxmock.stores.redis import Redis

        chosen = Stores.read(options.stores)
        return Redis(chosen.redis, url=chosen.redis_url, nth=options.worker, cluster=options.redis == "cluster")

    def play(url: str) -> Part:
        from cxmock.stores.redis import Redis

        return Redis("external", url=url)

    def stub(contract: Contract) -> Part:
        from cxmock.contracts.stubbing.redis_part import RedisStub
        from cxmock.contracts.stubbing.repertoire import meant_for

        return RedisStub(meant_for(contract, C.REDIS, "redis"))

    return Recipe(build, play, stub=stub)


# Fakes with a protocol of their own


def _own(component: Component, module: str, name: str, needs: tuple[Component, ...] = ()) -> Recipe:
    """Return the recipe of a part that class ``name`` of ``module`` is, without arguments."""

    def build(options: Options) -> Part:
        part: Part = getattr(import_module(module), name)()
        return part

    def play(url: str) -> Part:
        from cxmock.testbed.played_tcp import PlayedTcp

        return PlayedTcp(component, url)

    def stub(contract: Contract) -> Part:
        from cxmock.contracts.stubbing.genesys_part import GenesysStub
        from cxmock.contracts.stubbing.repertoire import meant_for

        row = next(row for row in CONNECTIONS if row.provider is component)
        return GenesysStub(meant_for(contract, component, row.transports[0]), row)

    return Recipe(build, play, needs, stub if component in (C.OCS, C.CONFSERV) else None)


# What answers HTTP


def _http(
    component: Component, build: Callable[[Options], Part], doors: Sequence[Door], needs: tuple[Component, ...]
) -> Recipe:
    def play(url: str) -> Part:
        from cxmock.testbed.played import PlayedHttp

        return PlayedHttp(component, url, doors)

    def stub(contract: Contract) -> Part:
        from cxmock.contracts.stubbing.http_stub import HttpStub
        from cxmock.contracts.stubbing.repertoire import meant_for

        meant = meant_for(contract, component, "http")
        return HttpPart(lambda site: HttpStub(meant, seed=site.seed, now=site.clock.now), doors)

    return Recipe(build, play, needs, stub)


def _fake(component: Component, module: str, name: str, door: Door, needs: tuple[Component, ...] = ()) -> Recipe:
    """Return the recipe of a fake whose class makes itself at a site."""

    def build_at(site: Site) -> HttpFake:
        fake: HttpFake = getattr(import_module(module), name).at(site)
        return fake

    return _http(component, lambda options: HttpPart(build_at, [door]), [door], needs)


def _service(component: Component, door: Door, needs: tuple[Component, ...]) -> Recipe:
    """Return the recipe of a service of the reference, in the loop or as a process of its own."""

    def build_at(site: Site) -> HttpFake:
        from cxmock.reference.running import build
        from cxmock.reference.settings import Settings

        environment = {**site.environment(), "CX_LOG_FILE": site.log_file(str(component))}
        return build(component, Settings.from_env(environment), site.clock)

    def build(options: Options) -> Part:
        if (bounds := options.replicas.get(component)) is not None:
            from cxmock.testbed.replicas.part import Replicas

            return Replicas(component, [door], bounds)
        return HttpPart(build_at, [door])

    return _http(component, build, [door], needs)


def ui_row(request: Request) -> int | None:
    """Return the row of a request at the back ends' ports: 4, unless it comes from one of CX Contact's own."""
    return None if request.source in INTERNAL_CALLERS else 4


def callback_row(request: Request) -> int | None:
    """Return the row of a request at the callbacks' port: 8, unless Nexus or one of CX Contact's own asks."""
    return None if request.source in INTERNAL_CALLERS | {"nexus"} else 8


PARTS: Mapping[Component, Recipe] = {
    C.POSTGRES: _postgres(),
    C.REDIS: _redis(),
    C.SHARE: _own(C.SHARE, "cxmock.fakes.share", "Share"),
    C.SFTP: _own(C.SFTP, "cxmock.fakes.sftp", "Sftp"),
    C.CONFSERV: _own(C.CONFSERV, "cxmock.fakes.confserv", "Confserv"),
    C.OCS: _own(C.OCS, "cxmock.fakes.ocs", "Ocs", (C.CONFSERV, C.POSTGRES)),
    C.COMPLIANCE_PROVIDER: _fake(
        C.COMPLIANCE_PROVIDER,
        "cxmock.fakes.compliance_provider",
        "ComplianceProvider",
        Door(443, connection=3, tls="beside"),
    ),
    C.GWS: _fake(C.GWS, "cxmock.fakes.gws", "Gws", Door(443, connection=11, tls="beside"), (C.CONFSERV, C.OCS)),
    C.NEXUS: _fake(C.NEXUS, "cxmock.fakes.nexus", "Nexus", Door(443, connection=12, tls="beside")),
    C.COMPLIANCE_MANAGER: _service(C.COMPLIANCE_MANAGER, Door(8888, connection=callback_row), (C.REDIS,)),
    C.DIAL_MANAGER: _service(
        C.DIAL_MANAGER, Door(8888, connection=callback_row), (C.REDIS, C.POSTGRES, C.NEXUS, C.GWS)
    ),
    C.LIST_BUILDER: _service(
        C.LIST_BUILDER,
        Door(3008, connection=ui_row),
        (C.REDIS, C.POSTGRES, C.SHARE, C.COMPLIANCE_PROVIDER, C.LIST_MANAGER),
    ),
    C.LIST_MANAGER: _service(C.LIST_MANAGER, Door(3007, connection=ui_row), (C.REDIS, C.SHARE, C.GWS)),
    C.JOB_SCHEDULER: _service(
        C.JOB_SCHEDULER, Door(3006, connection=ui_row), (C.SFTP, C.REDIS, C.LIST_MANAGER, C.LIST_BUILDER)
    ),
    C.CAMPAIGN_MANAGER: _service(
        C.CAMPAIGN_MANAGER, Door(3005, connection=ui_row), (C.REDIS, C.GWS, C.COMPLIANCE_MANAGER, C.DIAL_MANAGER)
    ),
    C.API_AGGREGATOR: _service(
        C.API_AGGREGATOR,
        Door(3004, connection=ui_row),
        (
            C.REDIS,
            C.GWS,
            C.LIST_BUILDER,
            C.LIST_MANAGER,
            C.JOB_SCHEDULER,
            C.CAMPAIGN_MANAGER,
            C.COMPLIANCE_MANAGER,
            C.DIAL_MANAGER,
        ),
    ),
    C.UI: _service(C.UI, Door(3000, connection=None), (C.API_AGGREGATOR,)),
    C.INGRESS: _service(C.INGRESS, Door(443, connection=1, tls="only"), (C.UI, C.API_AGGREGATOR)),
}
"""Every component and what plays it. A component that nothing plays (a browser) is a client of the testbed."""


def stub_of(component: Component, source: Contract | Path | str | int) -> Part:
    """Return what plays ``component`` from a contract: a file, or that of a connection's number.

    Raises:
        NoStub: the component cannot be played from a contract.
        NothingToPlay: nothing in the contract is meant for the component.
        ContractMissing: there is no such file; other errors of contracts: it cannot be used.
    """
    from cxmock.contracts.library import load
    from cxmock.contracts.reading import read_contract

    if (stub := PARTS[component].stub) is None:
        raise NoStub(component)
    if isinstance(source, int):
        return stub(load(source))
    return stub(read_contract(Path(source)) if isinstance(source, (str, Path)) else source)
