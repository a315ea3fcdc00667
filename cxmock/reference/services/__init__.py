"""The services, one package each. They meet only on the wire."""
