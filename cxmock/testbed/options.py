"""What can be chosen about a testbed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cxmock.journal.journal import CAPACITY
from cxmock.net.addresses import Ports
from cxmock.net.tls import Showing
from cxmock.testbed.replicas.counts import Bounds
from cxmock.topology import Component


@dataclass(frozen=True, slots=True)
class Options:
    """How a testbed is to be."""

    stores: str = "embedded"
    """How PostgreSQL and Redis are run: a word for both, or one for each, as :meth:`.Stores.read` reads it."""
    redis: Literal["standalone", "cluster"] = "standalone"
    """``cluster``: Redis is a cluster of one node, as CX Contact's chart has it; its start takes two seconds."""
    ports: Ports = "auto"
    tls: Showing = "server"
    """``mutual``: a client of TLS has to show a certificate of the testbed's CA, but at CX Contact's own services."""
    worker: int = 0
    """The third byte of the addresses; pytest-xdist workers differ in it."""
    seed: int = 1
    """Every random behaviour (the outcome of a call, a delivery) follows from it."""
    start: float | None = None
    """The UTC time that the testbed's clock begins at, in seconds; None for the real one."""
    jumping: bool = False
    """Whether the clock jumps over waits, so that a campaign of a day takes seconds."""
    horizon: float | None = None
    """How far the clock jumps, in UTC seconds; None for ever."""
    journal: int = CAPACITY
    """Exchanges that the journal keeps."""
    play: Mapping[Component, str] = field(default_factory=dict)
    """Components that somebody else plays, by the URL where it listens."""
    hosts: Mapping[Component, str] = field(default_factory=dict)
    """Components that listen at another loopback address than that of their own."""
    replicas: Mapping[Component, Bounds] = field(default_factory=dict)
    """Services of the reference that run as a process of their own instead of in the loop."""
    logs: Path | None = None
    """The folder where CX Contact's services log, kept; None for one that is removed at the end."""
    strict: frozenset[int] = frozenset()
    """Connections on which what is not promised is refused, from the start and after every reset."""
