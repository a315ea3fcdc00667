"""One outbound campaign, step by step, as an API client and a customer's file server would live it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from cxmock.errors import CxmockError
from cxmock.errors.demo import CampaignStuck
from cxmock.net.waiting import until
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult

START: Final = datetime(2026, 1, 14, 15, 0, tzinfo=UTC).timestamp()
"""The shift begins on a Wednesday at 15:00 UTC: daytime in Europe, morning in America, night in Australia."""
SHIFT: Final = 3 * 3600.0
"""Seconds of a shift. Whoever's contact hours do not come within it is not called."""
CAMPAIGN_WITHIN: Final = 60.0
"""Real seconds for one campaign group to finish its shift; the clock jumps over waits."""

LIST, SUPPRESSION, AGENTS = "spring", "never-call", "Outbound agents"
CALLS, TEXTS, MAILS = "spring-calls", "spring-sms", "spring-mail"
"""The campaigns."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Files:
    """The customer's files."""

    contacts: bytes
    suppression: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the story, and the connections that carry nothing when it fails."""

    title: str
    rows: tuple[int, ...]
    act: Callable[[Story], str]


@dataclass
class Story:
    """The story as it is told: what is known so far.

    Args:
        testbed: one in which everything runs.
        files: what lies on the customer's server.
    """

    testbed: Testbed
    files: Files
    contact: Contact = field(init=False)
    imported: Mapping[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    reasons: dict[int, list[str]] = field(default_factory=dict)
    """Connection -> why it may carry nothing."""

    def __post_init__(self) -> None:
        self.contact = Contact(self.testbed)

    def tell(self, told: Told = lambda title: None, result: Told = lambda text: None) -> None:
        """Live the story: each step in order, going on after one that failed."""
        for step in STEPS:
            told(step.title)
            try:
                result(step.act(self))
            except CxmockError as error:
                self.failures.append(f"{step.title}: {error.what}")
                for row in step.rows:
                    self.reasons.setdefault(row, []).append(error.what)
                result(f"failed: {error.what}")
        self.contact.close()

    @property
    def contacts(self) -> dict[str, dict[str, int]]:
        """What became of the contacts, as the journal and the import's own figures tell it."""
        rejected = Counter(_kind(one["reason"]) for one in self._rejects())
        return {
            "Contact file": {
                "imported": int(self.imported.get("contacts", 0)),
                "rejected": int(self.imported.get("rejected", 0)),
            },
            "Rejected rows and devices": dict(rejected.most_common()),
            "Contacts called": self._called(),
            "Calls, by result": self._results(),
            "Messages accepted by Nexus": self._messages(),
        }

    # What the figures are made of

    def _rejects(self) -> list[Mapping[str, Any]]:
        try:
            found: list[Mapping[str, Any]] = self.contact.get(f"/contact-lists/{LIST}/rejects")
        except CxmockError:
            return []
        return found

    def _told(self, operation: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Yield what OCS told of calls (row 8), and the answer."""
        for exchange in self.testbed.journal.exchanges(8, operation=operation):
            told = exchange.request.get("body") or {}
            if told.get("GSW_CAMPAIGN_NAME") == CALLS:
                yield told, exchange.response

    def _called(self) -> dict[str, int]:
        """Count contacts by the best that happened to any of their devices."""
        best: dict[int, str] = {}
        for told, answer in self._told("POST /ocs/validation"):
            best.setdefault(told["GSW_CHAIN_ID"], "suppressed" if answer.get("status") == 409 else "not reached")
        for told, _ in self._told("POST /ocs/history"):
            if told.get("GSW_CALL_RESULT") == CallResult.ANSWER:
                best[told["GSW_CHAIN_ID"]] = "answered"
        counted = Counter(best.values())
        total = int(self.imported.get("contacts", 0))
        return {**dict(counted.most_common()), "outside hours": max(0, total - len(best))}

    def _results(self) -> dict[str, int]:
        """Count calls by their final result."""
        finals = Counter(
            CallResult(int(told["GSW_CALL_RESULT"])).name.replace("_", " ").lower()
            for told, _ in self._told("POST /ocs/history")
            if told.get("GSW_HIST_SEQUENCE_NUM") == 1 and told.get("GSW_DIALING")
        )
        return dict(finals.most_common())

    def _messages(self) -> dict[str, int]:
        """Count what Nexus accepted, row 12."""
        sent: Counter[str] = Counter()
        for exchange in self.testbed.journal.exchanges(12, where=lambda one: one.ok):
            batch = (exchange.request.get("body") or {}).get("data", {})
            sent[str(batch.get("channel", "message"))] += len(batch.get("messages", ()))
        return dict(sent.most_common())


def _kind(reason: str) -> str:
    """Return what a reject's reason is about, without the values in it."""
    return reason.partition(":")[0].partition(" (")[0]


# The steps


def _log_in(story: Story) -> str:
    story.contact.login()
    return "session in Redis, cookie set"


def _put_files(story: Story) -> str:
    server = story.testbed.part(Component.SFTP)
    server.put("/outbound/contacts.csv", story.files.contacts)
    server.put("/outbound/suppression.csv", story.files.suppression)
    return f"{len(story.files.contacts) // 1024} KiB of contacts"


def _pull_compliance(story: Story) -> str:
    told = story.contact.post("/compliance-data")
    return f"version {told['version']}"


def _suppress(story: Story) -> str:
    told = _job(story, "suppress", action="import-suppression", protocol="ftp", path="/outbound/suppression.csv")
    return f"{told['size']} numbers never to dial, {told['rejected']} rejected"


def _import(story: Story) -> str:
    story.imported = _job(story, "import", action="import-contacts", protocol="sftp", path="/outbound/contacts.csv")
    return f"{story.imported['contacts']} contacts imported, {story.imported['rejected']} rejected"


def _look(story: Story) -> str:
    page = story.contact.send("GET", "/ui/cxcontact/")
    overview = story.contact.send("GET", "/ui/cxcontact/api/overview")
    return f"the page ({len(page.body)} bytes) and its overview (HTTP {overview.status})"


def _text(story: Story) -> str:
    return _campaign(story, TEXTS, media="sms", message="Hello {FirstName}, we will call you today.")


def _mail(story: Story) -> str:
    return _campaign(
        story, MAILS, media="email", subject="We will call you", message="Dear {FirstName} {LastName}, ..."
    )


def _call(story: Story) -> str:
    return _campaign(story, CALLS, media="voice")


def _export(story: Story) -> str:
    told = _job(story, "export", action="export-results", protocol="sftp", path="/results/spring.csv")
    lines = story.testbed.part(Component.SFTP).read("/results/spring.csv").count(b"\n")
    return f"{lines} lines back on the customer's server ({told['size']} bytes)"


STEPS: Final = (
    Step("An API client logs in", (1, 11, 5), _log_in),
    Step("The customer puts files on the server", (), _put_files),
    Step("List Builder pulls compliance data", (3,), _pull_compliance),
    Step("Job Scheduler fetches the suppression file by FTP", (2, 6), _suppress),
    Step("Job Scheduler fetches the contact file by SFTP", (2, 6, 7, 10), _import),
    Step("A person opens the UI", (4,), _look),
    Step("Dial Manager sends text messages", (9, 12), _text),
    Step("Dial Manager sends e-mail", (12,), _mail),
    Step("OCS calls", (8, 9, 13), _call),
    Step("Job Scheduler takes the results back", (2,), _export),
)


def _job(story: Story, name: str, **fields: object) -> Mapping[str, Any]:
    """Define a job, run it, and return what it told."""
    kind = SUPPRESSION if fields["action"] == "import-suppression" else LIST
    story.contact.post("/jobs", {"name": name, "list": kind, **fields})
    run = story.contact.post(f"/jobs/{name}/run")
    if run["state"] != "done":
        raise CampaignStuck(f"Job {name}", run["state"], run["reason"])
    result: Mapping[str, Any] = run["result"]
    return result


def _campaign(story: Story, name: str, **fields: object) -> str:
    """Define, load and start a campaign group; wait until there is nothing more to do in this shift; unload it."""
    contact = story.contact
    group = contact.post("/campaign-groups", {"name": name, "contactList": LIST, "group": AGENTS, **fields})["name"]
    path = f"/campaign-groups/{quote(group)}"
    contact.post(f"{path}/load")
    contact.post(f"{path}/start")
    told: dict[str, Any] = {}

    async def over() -> bool:
        told.update(await contact.fetch(path))
        due = told.get("nextDue")
        return told["status"] != "Running" or bool(told.get("problem")) or (due is not None and due > START + SHIFT)

    if not story.testbed.run(until(over, within=CAMPAIGN_WITHIN, every=0.05), within=CAMPAIGN_WITHIN + 10):
        raise CampaignStuck(f"Campaign {group}", told.get("status", "unknown"), f"{told.get('statistics')}")
    if told.get("problem"):
        raise CampaignStuck(f"Campaign {group}", told["status"], told["problem"])
    if told["status"] == "Running":
        contact.post(f"{path}/stop")
        contact.post(f"{path}/unload")
    figures = told["statistics"]
    return f"{figures['dialed']} attempts, {figures['answered']} answered, {figures['blocked']} blocked"


def options(**chosen: Any) -> Options:
    """Return a demo's options: the shift's clock, which jumps over waits, and a journal that keeps all of it."""
    return Options(start=START, jumping=True, horizon=START + SHIFT, journal=200_000, **chosen)
