"""What a command says beside its result: one line on standard error, with the program's name."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print ``text`` for people, at once."""
    print(f"cxmock: {text}", file=sys.stderr, flush=True)
