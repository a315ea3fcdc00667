"""A campaign from its definition at the API to its end, dialing simulated without waiting, and a user who looks on."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import quote

from cxmock.fakes.ocs import Ocs
from cxmock.fakes.ocs.campaign import NOT_LOADED
from cxmock.fakes.ocs.campaign import Campaign as Loaded
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.testbed.replicas.counts import Bounds
from cxmock.testbed.seeding import Contact as Person
from cxmock.testbed.seeding import ContactList, Seed, contacts
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import DialMode
from cxmock.wire.http import Response

START = 1_767_225_600
"""2026-01-01, UTC: the clock jumps from there to when people may be called."""
CHANNELS = 64
AGENTS = "Outbound agents"
FREE = 50_000
"""Numbers that regulators in France and in Australia keep free, each."""


def people(records: int) -> list[Person]:
    """Return contacts with so many devices in all: of each five, the first has two.

    >>> [len(one.devices) for one in people(6)]
    [2, 1, 1, 1, 1]
    """
    half = min(records, FREE)
    numbers = [*contacts(half, "FR"), *contacts(records - half, "AU")]
    found: list[Person] = []
    devices = iter(enumerate(numbers))
    for at, one in devices:
        pair = (
            len(found) % 5 == 0 and at + 1 < min(half, records)
            if at < half
            else len(found) % 5 == 0 and at + 1 < records
        )
        more = [next(devices)[1].devices[0]] if pair else []
        found.append(
            Person(
                f"S-{len(found) + 1}",
                (one.devices[0], *more),
                one.first_name,
                one.last_name,
                country=one.country,
                postal_code=one.postal_code,
            )
        )
    return found


def options(replicas: Iterable[Component], count: int = 2, *, seed: int = 1) -> Options:
    """Return a testbed's options: ``count`` replicas of some services, and a clock that jumps over waits."""
    return Options(
        start=START, jumping=True, seed=seed, replicas=dict.fromkeys(replicas, Bounds(count)) if count else {}
    )


@dataclass
class Run:
    """One campaign in a testbed.

    Args:
        testbed: where everything runs.
        people: who is to be reached.
        media: how.
    """

    testbed: Testbed
    people: list[Person]
    media: str = "voice"
    seconds: float = 0.0
    """From loading to the end."""
    loaded: Loaded = field(init=False)
    """The campaign group at OCS, from its loading on."""
    user: Counter[int] = field(default_factory=Counter)
    """Answers that the user got, by HTTP status."""

    def __post_init__(self) -> None:
        self.api = Contact(self.testbed)
        self.name = f"Soak {self.media}"
        """Of the contact list and of the campaign."""
        self.path = f"/campaign-groups/{quote(f'{self.name}@{AGENTS}')}"

    @property
    def ocs(self) -> Ocs:
        """The part that dials."""
        part: Ocs = self.testbed.part(Component.OCS)
        return part

    @property
    def records(self) -> int:
        """How many devices there are."""
        return sum(len(one.devices) for one in self.people)

    @property
    def progress(self) -> float:
        """How much is done, about: 0 to 1."""
        return min(1.0, self.loaded.statistics.finished / self.records)

    def prepare(self) -> None:
        """Put the contact list where an import would have put it, define the campaign, and log in."""
        self.ocs.dialed, self.ocs.blocked = deque(), deque()  # all of them are counted in the end
        Seed(self.testbed)(ContactList(self.name, self.people))
        self.api.login()
        wanted = {"name": self.name, "contactList": self.name, "group": AGENTS, "media": self.media}
        message = {} if self.media == "voice" else {"message": "Hello {FirstName}"}
        group = self.api.post("/campaign-groups", {**wanted, **message, "dialMode": DialMode.POWER.name.title()})
        store = self.testbed.part(Component.CONFSERV)
        store.objects["CampaignGroup"][group["dbid"]]["numOfChannels"] = CHANNELS

    def carry_out(self, meanwhile: Callable[[], object], *, within: float) -> None:
        """Load and start the campaign, and do ``meanwhile`` again and again until nothing is left to dial."""
        began = perf_counter()
        self._done("load")
        self.loaded = self.ocs.campaigns[f"{self.name}@{AGENTS}"]
        self._done("start")
        while self.loaded.status != NOT_LOADED:  # it unloads itself when nothing is left to dial
            meanwhile()
            self.look()
            if perf_counter() - began > within:
                raise TimeoutError(f"After {within:g} s {self.progress:.1%} of {self.name} is done.")
        self.seconds = perf_counter() - began

    def look(self) -> Response:
        """Look on as a user does who logged in before it began."""
        answer = self.api.send("GET", f"{BASE}{self.path}")
        self.user[answer.status] += 1
        return answer

    def close(self) -> None:
        """Close the user's connection."""
        self.api.close()

    def _done(self, verb: str) -> Any:
        return self.api.post(f"{self.path}/{verb}")
