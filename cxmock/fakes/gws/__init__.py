"""Genesys Web Services, the fake of connection 11."""

from cxmock.fakes.gws.gws import Gws

__all__ = ["Gws"]
