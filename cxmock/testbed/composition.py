"""Who plays what: the one place that says it. Each entry imports its part only when that part is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from cxmock.serving import Door, HttpPart, Part, Site
from cxmock.serving.http_part import HttpFake
from cxmock.testbed.options import Options
from cxmock.topology import Component
from cxmock.wire.http import Request

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
    """How a component is played by default.

    ``needs`` is who has to run for it to do its work; they are started with it.
    """

    build: Callable[[Options], Part]
    needs: tuple[Component, ...] = ()


def _postgres(options: Options) -> Part:
    from cxmock.stores.postgres import Postgres

    return Postgres(backend="container" if options.stores == "container" else "embedded")


def _redis(options: Options) -> Part:
    from cxmock.stores.redis import Redis

    return Redis(backend=options.stores)


def _share(options: Options) -> Part:
    from cxmock.fakes.share import Share

    return Share()


def _sftp(options: Options) -> Part:
    from cxmock.fakes.sftp import Sftp

    return Sftp()


def _confserv(options: Options) -> Part:
    from cxmock.fakes.confserv import Confserv

    return Confserv()


def _ocs(options: Options) -> Part:
    from cxmock.fakes.ocs import Ocs

    return Ocs()


def _gws(options: Options) -> Part:
    def build(site: Site) -> HttpFake:
        from cxmock.fakes.gws import Gws

        return Gws.at(site)

    return HttpPart(build, [Door(443, connection=11, tls="beside")])


def _nexus(options: Options) -> Part:
    def build(site: Site) -> HttpFake:
        from cxmock.fakes.nexus import Nexus

        return Nexus.at(site)

    return HttpPart(build, [Door(443, connection=12, tls="beside")])


def _compliance_provider(options: Options) -> Part:
    def build(site: Site) -> HttpFake:
        from cxmock.fakes.compliance_provider import ComplianceProvider

        return ComplianceProvider.at(site)

    return HttpPart(build, [Door(443, connection=3, tls="beside")])


def _service(name: str, *doors: Door) -> Callable[[Options], Part]:
    """Return what builds service ``name`` of the reference, in the loop or as a process of its own."""
    component = Component(name)
    module = f"cxmock.reference.services.{name.replace('-', '_')}"

    def make(options: Options) -> Part:
        if component in options.processes:
            from cxmock.testbed.process import ServiceProcess

            return ServiceProcess(component, doors)

        def build(site: Site) -> HttpFake:
            settings = import_module("cxmock.reference.settings").Settings
            build = import_module(module).build
            service: HttpFake = build(settings.from_env(site.environment()), site.clock)
            return service

        return HttpPart(build, doors)

    return make


def ui_row(request: Request) -> int | None:
    """Return the row of a request at the back ends' ports: 4, unless it comes from one of CX Contact's own."""
    return None if request.source in INTERNAL_CALLERS else 4


BACK_ENDS = (
    Component.API_AGGREGATOR,
    Component.CAMPAIGN_MANAGER,
    Component.JOB_SCHEDULER,
    Component.LIST_MANAGER,
    Component.LIST_BUILDER,
)

PARTS: Mapping[Component, Recipe] = {
    Component.POSTGRES: Recipe(_postgres),
    Component.REDIS: Recipe(_redis),
    Component.SHARE: Recipe(_share),
    Component.SFTP: Recipe(_sftp),
    Component.COMPLIANCE_PROVIDER: Recipe(_compliance_provider),
    Component.CONFSERV: Recipe(_confserv),
    Component.OCS: Recipe(_ocs, needs=(Component.CONFSERV, Component.POSTGRES)),
    Component.GWS: Recipe(_gws, needs=(Component.CONFSERV, Component.OCS)),
    Component.NEXUS: Recipe(_nexus),
    Component.COMPLIANCE_MANAGER: Recipe(
        _service("compliance-manager", Door(8888, connection=8)), needs=(Component.REDIS,)
    ),
    Component.DIAL_MANAGER: Recipe(
        _service("dial-manager", Door(8888, connection=8)), needs=(Component.REDIS, Component.NEXUS)
    ),
    Component.LIST_BUILDER: Recipe(
        _service("list-builder", Door(3008, connection=ui_row)),
        needs=(Component.REDIS, Component.POSTGRES, Component.SHARE, Component.COMPLIANCE_PROVIDER, Component.GWS),
    ),
    Component.LIST_MANAGER: Recipe(
        _service("list-manager", Door(3007, connection=ui_row)), needs=(Component.SHARE, Component.GWS)
    ),
    Component.JOB_SCHEDULER: Recipe(
        _service("job-scheduler", Door(3006, connection=ui_row)),
        needs=(Component.SFTP, Component.REDIS, Component.LIST_MANAGER, Component.LIST_BUILDER),
    ),
    Component.CAMPAIGN_MANAGER: Recipe(
        _service("campaign-manager", Door(3005, connection=ui_row)),
        needs=(Component.GWS, Component.COMPLIANCE_MANAGER, Component.DIAL_MANAGER, Component.POSTGRES),
    ),
    Component.API_AGGREGATOR: Recipe(
        _service("api-aggregator", Door(3004, connection=ui_row)),
        needs=(Component.GWS, Component.REDIS, *(one for one in BACK_ENDS if one is not Component.API_AGGREGATOR)),
    ),
    Component.UI: Recipe(_service("ui", Door(3000, connection=None)), needs=(Component.API_AGGREGATOR,)),
    Component.INGRESS: Recipe(
        _service("ingress", Door(443, connection=1, tls="only")), needs=(Component.UI, Component.API_AGGREGATOR)
    ),
}
"""Every component and what plays it. A component that nothing plays (a browser) is a client of the testbed."""


def played(component: Component, url: str) -> Part:
    """Return the part that passes a component's traffic on to whoever plays it at ``url``."""
    from cxmock.testbed.played import PlayedHttp

    return PlayedHttp(component, url)
