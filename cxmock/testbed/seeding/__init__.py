"""Seeding: contacts, lists and campaigns as plain data, and what puts them where CX Contact and OCS look."""

from cxmock.testbed.seeding.campaigns import Campaign
from cxmock.testbed.seeding.contacts import Contact, ContactList, contact_file, contacts
from cxmock.testbed.seeding.hours import ContactHours
from cxmock.testbed.seeding.seed import Seed
from cxmock.testbed.seeding.suppression import SuppressionEntry, SuppressionList, suppression_file

__all__ = [
    "Campaign",
    "Contact",
    "ContactHours",
    "ContactList",
    "Seed",
    "SuppressionEntry",
    "SuppressionList",
    "contact_file",
    "contacts",
    "suppression_file",
]
