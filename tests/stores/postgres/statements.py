"""Statements that several tests need."""

from __future__ import annotations

INSERT = "INSERT INTO contact_list (name, table_name, created) VALUES (%s, %s, 0) RETURNING id"
MAKE = "CREATE TABLE cl_leads (record_id int, chain_id int, chain_n int, record_status int DEFAULT 1)"
