"""API keys: a program calls the API by one, without a login (that Genesys' APIs know them is documented, the rest not).

A key is ``<name>.<secret>``, the name in base64; it is told once, when it is made. PostgreSQL keeps a hash of it among
the named objects, so that a key which is revoked is unknown everywhere at once.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cxmock.reference.fields import Field, Flag, Whole
from cxmock.reference.names import is_name
from cxmock.reference.objects import Objects, Stored
from cxmock.reference.resources import ObjectKind

KEY_LIMIT = 400
"""Characters of a key that are looked at."""
LAST_MOMENT = 2**31 - 1

API_KEYS = ObjectKind(
    "api-keys",
    "API key",
    (
        Field("readOnly", Flag(), "Whether it may only read.", default=False),
        Field("expires", Whole(1, LAST_MOMENT), "Until when it holds, in UTC seconds; without: until it is revoked."),
    ),
    most=1000,
)


def new_key(name: str) -> str:
    """Return a new key for ``name``."""
    return f"{urlsafe_b64encode(name.encode()).decode()}.{secrets.token_urlsafe(24)}"


def hash_of(key: str) -> str:
    """Return what is kept of a key. It is long and random: a plain hash will do."""
    return hashlib.sha256(key.encode()).hexdigest()


async def owner(objects: Objects, key: str, now: float) -> Stored | None:
    """Return the API key's object; None when it is not known, or holds no more."""
    name = _name(key)
    found = await objects.find(name) if name else None
    if found is None or not hmac.compare_digest(str(found.data.get("hash", "")), hash_of(key)):
        return None
    return found if now < (found.data.get("expires") or LAST_MOMENT) else None


def _name(key: str) -> str:
    """Return the name that a key says, or nothing."""
    try:
        name = urlsafe_b64decode(key[:KEY_LIMIT].partition(".")[0]).decode()
    except (binascii.Error, ValueError):
        return ""
    return name if is_name(name) else ""
