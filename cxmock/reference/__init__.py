"""CX Contact in miniature: its own services, talking only over their documented connections."""
