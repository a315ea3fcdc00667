"""PostgreSQL, connections 7 and 13."""

from cxmock.stores.postgres.part import Postgres, PostgresBackend

__all__ = ["Postgres", "PostgresBackend"]
