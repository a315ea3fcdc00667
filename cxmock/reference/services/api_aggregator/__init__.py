"""API Aggregator (port 3004): the entry of CX Contact's API."""

from cxmock.reference.services.api_aggregator.api_aggregator import ApiAggregator, build

__all__ = ["ApiAggregator", "build"]
