"""How a promise is known: documented, observed or assumed, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """A grade (``D``, ``O`` or ``A``) and its source."""

    grade: str
    source: str


def documented(source: str) -> Evidence:
    """Genesys says so: on its pages, in its repositories, in clients that it generates."""
    return Evidence("D", source)


def observed(source: str) -> Evidence:
    """Public code of others that talks to such systems shows it."""
    return Evidence("O", source)


def assumed(source: str) -> Evidence:
    """Nothing public says: our own design. ``source`` says what it rests on."""
    return Evidence("A", source)
