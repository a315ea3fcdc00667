"""Outbound Contact Server: campaign control (connection 9), callbacks (8), calling lists (13)."""

from cxmock.fakes.ocs.part import Ocs

__all__ = ["Ocs"]
