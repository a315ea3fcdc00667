"""What CX Contact relies on at GWS, one module an API."""
