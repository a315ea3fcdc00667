"""Configuration Server: the objects that GWS writes for CX Contact and that OCS reads (connection 10)."""

from cxmock.fakes.confserv.part import Confserv

__all__ = ["Confserv"]
