"""Promises: what each side of a connection relies on, written down, read, and tried."""
