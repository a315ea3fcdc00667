"""Who may log in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass
class Accounts:
    """Users with their passwords, and the public keys that open SFTP for them.

    >>> accounts = Accounts({"cxcontact": "secret"})
    >>> accounts.opens("cxcontact", "secret"), accounts.opens("cxcontact", "Secret"), accounts.opens("root", "")
    (True, False, False)
    """

    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    keys: dict[str, list[str]] = field(default_factory=dict)
    """Lines as in OpenSSH's ``authorized_keys``, by user."""

    def opens(self, user: str, password: str) -> bool:
        """Return whether ``password`` is ``user``'s."""
        known = self.passwords.get(user)
        # Both sides are encoded because compare_digest takes no text outside ASCII.
        return known is not None and hmac.compare_digest(known.encode(), password.encode(errors="replace"))

    def copy(self) -> Accounts:
        """Return another of the same content."""
        return Accounts(dict(self.passwords), {user: list(keys) for user, keys in self.keys.items()})

    def become(self, other: Accounts) -> None:
        """Take over what ``other`` holds, in place: servers keep what they were given."""
        fresh = other.copy()
        self.passwords, self.keys = fresh.passwords, fresh.keys
