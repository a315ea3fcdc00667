"""PostgreSQL, connections 7 and 13."""
