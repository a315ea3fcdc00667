"""Transports of contracts: one adapter each, a real client that performs an operation and tells what it observed."""

from cxmock.contracts.adapters.adapter import Access, Adapter, open_adapter

__all__ = ["Access", "Adapter", "open_adapter"]
