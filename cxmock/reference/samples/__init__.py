"""Files to try CX Contact with: people who do not exist, at numbers that nobody has."""

from pathlib import Path

CONTACTS = Path(__file__).with_name("contacts.csv")
"""1,000 contacts in seven countries, and some rows that are no good, as real files have them."""
SUPPRESSION = Path(__file__).with_name("suppression.csv")
"""Numbers never to dial, 60 of them among the contacts; one entry lacks its number."""

__all__ = ["CONTACTS", "SUPPRESSION"]
