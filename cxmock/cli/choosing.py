"""The arguments that choose a testbed, shared by the verbs that start one."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from cxmock.errors.playing import UnknownComponent
from cxmock.topology import Component

if TYPE_CHECKING:
    from cxmock.testbed import Options


def testbed_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every verb that starts a testbed understands."""
    parser.add_argument(
        "--stores",
        metavar="HOW",
        default=os.environ.get("CXMOCK_STORES", "embedded"),
        help="embedded, container, external or fakeredis; or for each store, postgres=external,redis=embedded",
    )
    parser.add_argument("--redis", choices=("standalone", "cluster"), default="standalone")
    parser.add_argument("--ports", choices=("auto", "documented", "ephemeral"), default="auto")
    parser.add_argument("--tls", choices=("server", "mutual"), default="server", help="who shows certificates (server)")
    parser.add_argument("--seed", type=int, default=1, help="what all random behaviour follows from (1)")
    parser.add_argument(
        "--play",
        metavar="COMPONENT=URL",
        action="append",
        default=[],
        help="have a component played by your service, which listens at URL; may be repeated",
    )
    parser.add_argument(
        "--replicas",
        metavar="[SERVICE=]N",
        action="append",
        default=[],
        help="run a service of CX Contact, or all, as N processes behind a balancer; may be repeated",
    )
    parser.add_argument(
        "--autoscale",
        metavar="SERVICE=LEAST..MOST",
        action="append",
        default=[],
        help="have the load decide how many replicas of a service there are; may be repeated",
    )


def testbed_options(options: argparse.Namespace) -> Options:
    """Return how the testbed is to be, of what :func:`testbed_arguments` understood."""
    from cxmock.testbed import Options
    from cxmock.testbed.replicas.counts import counts, ranges

    return Options(
        stores=options.stores,
        redis=options.redis,
        ports=options.ports,
        tls=options.tls,
        seed=options.seed,
        play=played(options.play),
        replicas=counts(options.replicas) | ranges(options.autoscale),
    )


def played(texts: list[str]) -> dict[Component, str]:
    """Read ``COMPONENT=URL`` texts.

    >>> played(["compliance-manager=http://127.0.0.1:9000"])
    {<Component.COMPLIANCE_MANAGER: 'compliance-manager'>: 'http://127.0.0.1:9000'}

    Raises:
        UnknownComponent: there is no such component, or the text has no ``=``.
    """
    return _by_component(texts, "URL")


def hosts(texts: list[str]) -> dict[Component, str]:
    """Read ``COMPONENT=ADDRESS`` texts.

    >>> hosts(["share=127.0.0.1"])
    {<Component.SHARE: 'share'>: '127.0.0.1'}

    Raises:
        UnknownComponent: there is no such component, or the text has no ``=``.
    """
    return _by_component(texts, "ADDRESS")


def _by_component(texts: list[str], value: str) -> dict[Component, str]:
    found = {}
    for text in texts:
        name, equals, given = text.partition("=")
        if not equals or name not in list(Component):
            raise UnknownComponent(text, value)
        found[Component(name)] = given
    return found
