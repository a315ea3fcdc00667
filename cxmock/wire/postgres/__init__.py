"""PostgreSQL's protocol, version 3: messages, values, and what a client's connection does."""
