"""Every system that CX Contact talks to, on your machine in about a second, each held to written promises."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxmock.errors import CxmockError, PromiseBroken
    from cxmock.journal import Exchange, Journal
    from cxmock.net.waiting import waiting
    from cxmock.serving import Credentials, Endpoint
    from cxmock.testbed import Options, Testbed
    from cxmock.topology import CONNECTIONS, Component, Connection

__version__ = "0.1.0"

__all__ = [
    "CONNECTIONS",
    "Component",
    "Connection",
    "Credentials",
    "CxmockError",
    "Endpoint",
    "Exchange",
    "Journal",
    "Options",
    "PromiseBroken",
    "Testbed",
    "waiting",
]

_PLACES = {
    "errors": ("CxmockError", "PromiseBroken"),
    "journal": ("Exchange", "Journal"),
    "net.waiting": ("waiting",),
    "serving": ("Credentials", "Endpoint"),
    "testbed": ("Options", "Testbed"),
    "topology": ("CONNECTIONS", "Component", "Connection"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: a command that prints a table needs no testbed."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{place}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
