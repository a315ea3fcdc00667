"""OCS between a real PostgreSQL, Configuration Server, and a stand-in for CX Contact that answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.genesys import GenesysClient
from cxmock.fakes.confserv import Confserv
from cxmock.fakes.ocs import Ocs
from cxmock.fakes.ocs.campaign import Campaign
from cxmock.net.bell import ThreadBell
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.reference.calling_list import create_statements
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
"""A Monday; the clock of every test begins here."""
TABLE = "cl_spring"


@dataclass
class Contact:
    """Stands in for Compliance Manager and Dial Manager."""

    url: str = ""
    validation: Callable[[dict[str, Any]], Response] = lambda body: Response()
    history_status: int = 200
    hanging: bool = False
    digital: Callable[[dict[str, Any]], Response] = lambda body: Response()
    asked: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: Request) -> Response:
        body = request.json()
        match request.path:
            case "/validation":
                self.asked.append(body)
                if self.hanging:
                    await asyncio.get_running_loop().create_future()
                return self.validation(body)
            case "/history":
                self.history.append(body)
                return Response(self.history_status)
            case "/states":
                self.states.append(body)
                return Response()
            case _:
                self.batches.append(body)
                return self.digital(body)

    @property
    def options(self) -> dict[str, Any]:
        return {
            "validation-uri": f"{self.url}/validation",
            "history-uri": f"{self.url}/history",
            "campaigngroup-states-uri": f"{self.url}/states",
            "digital-dialer-uri": f"{self.url}/digital",
        }


@dataclass
class Stage:
    """Everything that a story about OCS needs."""

    testbed: Testbed
    confserv: Confserv
    ocs: Ocs
    contact: Contact
    database: psycopg.Connection[dict[str, Any]]
    control: CampaignControl
    ids: tuple[int, int] = (0, 0)
    name: str = "spring@Outbound agents"

    def create_table(self) -> None:
        """Create the table of the calling list, empty."""
        for statement in create_statements(TABLE):
            self.database.execute(statement.encode())

    def records(self, *rows: Mapping[str, Any]) -> None:
        """Fill the calling list; a row says what differs from a record that may be dialed at any time."""
        for number, row in enumerate(rows, 1):
            columns = {"chain_id": number, "chain_n": 0, "daily_from": 0, "daily_till": 86400, **row}
            names = ", ".join(columns)
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {TABLE} ({names}) VALUES ({places})"
            self.database.execute(statement.encode(), list(columns.values()))

    def phones(self, count: int) -> list[str]:
        """Fill the calling list with so many contacts of one device each, and return their numbers."""
        phones = [f"+1555{number:07}" for number in range(count)]
        self.records(*({"contact_info": phone} for phone in phones))
        return phones

    def define(
        self,
        *,
        treatments: Sequence[str] | None = None,
        options: Mapping[str, Any] | None = None,
        table_name: str = TABLE,
        **group: Any,
    ) -> None:
        """Define the campaign group ``spring@Outbound agents`` on the calling list."""
        known = self.confserv.objects["Treatment"].values()
        chosen = [one["DBID"] for one in known if treatments is None or one["name"] in treatments]
        table = self.confserv.create("TableAccess", {"name": "spring", "dbTableName": table_name})
        calling_list = self.confserv.create(
            "CallingList", {"name": "spring", "tableAccessDBID": table, "treatmentDBIDs": chosen}
        )
        campaign = self.confserv.create(
            "Campaign", {"name": "spring", "callingLists": [{"callingListDBID": calling_list}]}
        )
        crew = self.confserv.named("AgentGroup", "Outbound agents")["DBID"]
        said = self.contact.options if options is None else dict(options)
        properties = {"OServer": said}
        self.confserv.create(
            "CampaignGroup", {"campaignDBID": campaign, "groupDBID": crew, "userProperties": properties, **group}
        )
        self.ids = (campaign, crew)

    def start(self, **properties: Any) -> Campaign:
        """Load the campaign and have it dial."""
        self.testbed.run(self.control.load(*self.ids, properties))
        campaign = self.campaign
        self.testbed.run(self.control.start_dialing(*self.ids))
        return campaign

    def dial_all(self) -> Campaign:
        """Load the campaign and dial until nothing is left."""
        campaign = self.start()
        self.wait(lambda: campaign.completed or bool(campaign.problem))
        assert not campaign.problem
        return campaign

    def wait(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        assert ThreadBell().wait(happened, 10), "it did not happen within 10 s"

    @property
    def campaign(self) -> Campaign:
        return self.ocs.campaigns[self.name]

    def rows(self) -> list[dict[str, Any]]:
        """Return the calling list as it is now."""
        return self.database.execute(f"SELECT * FROM {TABLE} ORDER BY record_id".encode()).fetchall()

    def row(self, phone: str) -> dict[str, Any]:
        """Return one record as it is now."""
        return next(row for row in self.rows() if row["contact_info"] == phone)


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[Testbed, Contact]]:
    """A testbed with OCS and what it needs, and a listener for the stand-in."""
    with Testbed(Options(ports="ephemeral", start=NOON)) as testbed:
        testbed.start(Component.OCS)
        contact = Contact()

        async def listen() -> Listener:
            sock = testbed.addresses.socket(Component.COMPLIANCE_MANAGER, 8888)
            contact.url = "http://{}:{}".format(*sock.getsockname())
            listener = Listener(sock, lambda secure: HttpConnection(lambda request: contact.handle(request), _unseen))
            listener.open()
            return listener

        listener = testbed.run(listen())
        yield testbed, contact
        testbed.run(listener.close())


@pytest.fixture
def stage(house: tuple[Testbed, Contact]) -> Iterator[Stage]:
    """The same, with an empty calling list and everything else as after the start; the clock jumps over waits."""
    testbed, contact = house
    testbed.clock.jumping = True
    contact.__init__(contact.url)  # type: ignore[misc]
    place, login = testbed.directory.endpoint(Component.POSTGRES), testbed.directory.credentials.postgres_cxc
    database = psycopg.connect(
        host=place.host,
        port=place.port,
        dbname="cxcontact",
        user=login.name,
        password=login.secret,
        autocommit=True,
        row_factory=dict_row,
    )
    server = testbed.directory.endpoint(Component.OCS)

    async def client() -> CampaignControl:
        return CampaignControl(GenesysClient(server.host, server.port, application="gws"))

    control = testbed.run(client())
    made = Stage(testbed, testbed.part(Component.CONFSERV), testbed.part(Component.OCS), contact, database, control)
    made.create_table()
    yield made
    testbed.run(control.aclose())
    database.close()
    testbed.reset()
    testbed.clock.set(NOON)


def _unseen(*_: object) -> None:
    return None
