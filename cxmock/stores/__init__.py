"""The real stores, PostgreSQL and Redis: embedded, in containers, or somebody else's."""
