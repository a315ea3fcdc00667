"""PostgreSQL, connections 7 and 13."""

from cxmock.stores.choosing import PostgresBackend
from cxmock.stores.postgres.part import Postgres

__all__ = ["Postgres", "PostgresBackend"]
