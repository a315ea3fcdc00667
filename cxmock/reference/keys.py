"""Every Redis key of the reference CX Contact, in one place: its name, its type, who writes it and when it ends.

Row 5 documents what is kept in Redis (sessions, dialing history, suppression entries, jobs), but no key: all names,
types and times to live are assumed. Each key carries the tenant as its hash tag, ``{Acme}``, so that everything of a
tenant lies in one slot of a cluster and one pipeline may touch it all.

API Aggregator writes sessions; List Builder suppression lists and ``compliance`` (Dial Manager adds opt-outs);
Compliance Manager rules, histories, attempts, campaign groups (Dial Manager changes the result of what did not arrive);
Job Scheduler jobs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPT_OUT_LIST = "CXContactSMSOptOut"
"""The default suppression list, which collects who answered STOP to a text message (documented)."""

_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of one tenant's keys.

    >>> keys = Keys("Acme")
    >>> keys.suppression_list("bankrupt")
    'cxc:{Acme}:suppression:bankrupt'
    >>> keys.device_history("+44 20 7946 0018")
    'cxc:{Acme}:history:device:442079460018'
    """

    tenant: str

    def _key(self, *parts: str) -> str:
        return f"cxc:{{{self.tenant}}}:{':'.join(parts)}"

    def session(self, session_id: str) -> str:
        """One login: string, JSON, expires with the session."""
        return self._key("session", session_id)

    @property
    def suppression_lists(self) -> str:
        """The catalogue: hash, list name -> JSON ``{"channel": "voice"|"sms"|"email"|"", "type", "required"}``.

        ``type`` is ``Device`` or ``ClientID``: what the list's entries are. No channel means every channel. A list that
        is not permanent has ``expires``, too: UTC seconds.
        """
        return self._key("suppression")

    def suppression_list(self, name: str) -> str:
        """The entries of one suppression list: hash, entry -> UTC seconds until which it holds, ``0`` for ever.

        An entry is a :func:`device_entry` or a client id, as the list's type says.
        """
        return self._key("suppression", name)

    @property
    def rules(self) -> str:
        """The tenant's compliance rules: hash, rule name -> JSON."""
        return self._key("rules")

    @property
    def rules_version(self) -> str:
        """A counter to raise (INCR) after every change of rules, choices, suppression catalogue or compliance data."""
        return self._key("rules", "version")

    @property
    def choices(self) -> str:
        """What campaigns chose: hash, campaign group -> JSON ``{"rules": [names], "suppressionLists": [names]}``."""
        return self._key("rules", "choices")

    @property
    def compliance(self) -> str:
        """The compliance data set at hand: hash, ``version``, ``etag``, ``fetched`` (UTC seconds), ``rules`` (JSON)."""
        return self._key("compliance")

    @property
    def compliance_document(self) -> str:
        """The same data set as the provider sent it, area codes and all: string, JSON."""
        return self._key("compliance", "document")

    def device_history(self, device: str) -> str:
        """The attempts on one device: hash, attempt GUID -> ``<UTC seconds> <call result>``."""
        return self._key("history", "device", device_entry(device))

    def client_history(self, client_id: str) -> str:
        """The attempts on one client: hash, attempt GUID -> ``<UTC seconds> <call result>``."""
        return self._key("history", "client", client_id)

    def attempt(self, guid: str) -> str:
        """The latest history record of one attempt: string, JSON."""
        return self._key("attempt", guid)

    @property
    def campaign_groups(self) -> str:
        """The latest state of each campaign group: hash, ``campaign@group`` -> JSON.

        Beside what OCS told: ``at`` and ``halted``, when it came and when the campaign group was last stopped (UTC
        seconds), and ``past``, the GUIDs of loadings that are over.
        """
        return self._key("campaign-groups")

    @property
    def jobs(self) -> str:
        """When each job is due: sorted set, job -> UTC seconds, ``inf`` for never."""
        return self._key("jobs")

    @property
    def jobs_running(self) -> str:
        """The jobs that run: set. One of them without a turn was left by a replica that died."""
        return self._key("jobs", "running")

    @property
    def job_number(self) -> str:
        """The number of the latest run of any job: a counter."""
        return self._key("jobs", "number")

    def job(self, job_id: str) -> str:
        """One job and its latest runs: hash, ``definition`` (JSON) and ``runs`` (JSON, the latest first)."""
        return self._key("job", job_id)

    def job_turn(self, job_id: str) -> str:
        """Whose turn it is to run a job: string, a secret of that replica; expires unless it is kept up."""
        return self._key("job", job_id, "turn")

    def job_taken(self, job_id: str) -> str:
        """The files on the customer's server that a job has taken: hash, path -> size."""
        return self._key("job", job_id, "taken")


def device_entry(device: str) -> str:
    """Return how a device stands in suppression lists and histories: digits only, or a lower-case e-mail address.

    >>> device_entry("+1 (202) 555-0143"), device_entry("Ada@Example.org")
    ('12025550143', 'ada@example.org')
    """
    return device.strip().lower() if "@" in device else _NOT_DIGITS.sub("", device)
