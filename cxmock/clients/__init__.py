"""How to speak to each provider: what parts, the reference and the contracts' adapters call out with."""
