"""How many segments a text message is sent in: GSM-7 where it has every character, UCS-2 where not (GSM 03.38)."""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS_LIMIT = 10
"""Segments of one text message at most (assumed)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Characters that take the place of two."""
_SIZES = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""Encoding -> what a message holds that is alone, and what one of several segments holds."""


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text goes over the air."""

    encoding: str
    """``GSM-7`` or ``UCS-2``."""
    units: int
    """Septets of GSM-7, or 16-bit units of UCS-2."""
    count: int
    """Segments; 0 for no text at all."""


def segments_of(text: str) -> Segments:
    """Return how ``text`` is sent. No character is torn in two.

    >>> segments_of("Hello"), segments_of("Zoë €")
    (Segments(encoding='GSM-7', units=5, count=1), Segments(encoding='UCS-2', units=5, count=1))
    >>> segments_of("x" * 161).count, segments_of("ш" * 71).count, segments_of("€" * 80).count
    (2, 2, 1)
    """
    letters = set(text)
    if letters <= _BASIC | _EXTENDED:
        encoding = "GSM-7"
        sizes = [2 if letter in _EXTENDED else 1 for letter in text] if letters & _EXTENDED else None
    else:
        encoding = "UCS-2"
        sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text] if max(letters) > "\uffff" else None
    alone, part = _SIZES[encoding]
    units = len(text) if sizes is None else sum(sizes)
    if units <= alone:
        return Segments(encoding, units, min(units, 1))
    if sizes is None:
        return Segments(encoding, units, -(-units // part))
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return Segments(encoding, units, count)
