"""Every system that CX Contact talks to, on your machine in about a second, each held to written promises."""

__version__ = "0.1.0"
