"""The thirteen documented connections, row by row, as data.

Facts are from the "Outbound (CX Contact) Private Edition Guide", page Architecture. Where the document is wrong or
silent, the row says so in its ``remark``; nothing is silently corrected. Source and destination are the document's
columns (who opens the socket, who listens); consumer and provider say who relies on the promise and who keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.topology.components import Component as C


@dataclass(frozen=True, slots=True)
class Listening:
    """A component's documented listening port, and what is spoken there."""

    component: C
    port: int
    scheme: str


@dataclass(frozen=True, slots=True)
class Connection:
    """One row of the documented table."""

    number: int
    source: str
    """As documented."""
    destination: str
    """As documented."""
    protocol: str
    """As documented."""
    ports: tuple[int, ...]
    """As documented."""
    classification: str
    carries: str
    wire: str
    """What is really spoken."""
    consumer: C
    """Who opens the socket here and relies on the promises."""
    provider: C
    """Who listens and keeps the promises."""
    listens: tuple[Listening, ...]
    transports: tuple[str, ...]
    """The contract transports that can stand in an interaction of this row."""
    remark: str = ""
    shared: bool = False
    """Whether other traffic uses the same ports: another row, or CX Contact's services among themselves."""

    @property
    def contract(self) -> str:
        """The name of the row's contract file.

        >>> connection(11).contract
        '11-contact-gws.json'
        """
        return f"{self.number:02}-{self.consumer_name}-{self.provider_name}.json"

    @property
    def consumer_name(self) -> str:
        """The consumer as the contract names it: ``contact`` where the table says just "CXC"."""
        return "contact" if self.source == "CXC" else str(self.consumer)

    @property
    def provider_name(self) -> str:
        """The provider as the contract names it: ``contact-backend`` where the table says "CXC back end"."""
        return "contact-backend" if self.destination == "CXC back end" else str(self.provider)

    @property
    def port_text(self) -> str:
        """The documented ports for people.

        >>> connection(4).port_text, connection(2).port_text
        ('3004-3008', '20, 21, 22')
        """
        if len(self.ports) > 3:
            return f"{self.ports[0]}-{self.ports[-1]}"
        return ", ".join(map(str, self.ports))


CONNECTIONS: tuple[Connection, ...] = (
    Connection(
        number=1,
        source="Customer browser / API client",
        destination="CXC front-end ingress",
        protocol="RTP/RTCP",
        ports=(443,),
        classification="ingress",
        carries="browser and API traffic",
        wire="HTTPS",
        consumer=C.CLIENT,
        provider=C.INGRESS,
        listens=(Listening(C.INGRESS, 443, "https"),),
        transports=("http",),
        remark='"RTP/RTCP" is a slip: it is HTTPS. Sessions are kept sticky by the cookie cxc-session-cookie.',
    ),
    Connection(
        number=2,
        source="CXC Job Scheduler",
        destination="SFTP server",
        protocol="TCP",
        ports=(20, 21, 22),
        classification="egress",
        carries="remote authentication and files on a customer's SFTP server",
        wire="SFTP, FTP",
        consumer=C.JOB_SCHEDULER,
        provider=C.SFTP,
        listens=(Listening(C.SFTP, 22, "sftp"), Listening(C.SFTP, 21, "ftp")),
        transports=("sftp", "ftp"),
        remark="20 and 21 are FTP (20 is where active data comes from), 22 is SSH. List Manager copies the files on.",
    ),
    Connection(
        number=3,
        source="Compliance data provider",
        destination="CXC List Builder",
        protocol="HTTP",
        ports=(443,),
        classification="egress",
        carries="compliance data and rules",
        wire="HTTPS",
        consumer=C.LIST_BUILDER,
        provider=C.COMPLIANCE_PROVIDER,
        listens=(Listening(C.COMPLIANCE_PROVIDER, 443, "https"),),
        transports=("http",),
        remark="The arrow is the flow of data: CX Contact opens the connection. Metrics point to List Manager.",
    ),
    Connection(
        number=4,
        source="CXC UI",
        destination="CXC back end",
        protocol="HTTP",
        ports=(3004, 3005, 3006, 3007, 3008),
        classification="intra-cluster",
        carries="UI to back-end services",
        wire="HTTP",
        consumer=C.UI,
        provider=C.API_AGGREGATOR,
        listens=(
            Listening(C.API_AGGREGATOR, 3004, "http"),
            Listening(C.CAMPAIGN_MANAGER, 3005, "http"),
            Listening(C.JOB_SCHEDULER, 3006, "http"),
            Listening(C.LIST_MANAGER, 3007, "http"),
            Listening(C.LIST_BUILDER, 3008, "http"),
        ),
        transports=("http",),
        remark="Five ports, seven back ends; which service has which port is not public: the mapping is assumed.",
        shared=True,
    ),
    Connection(
        number=5,
        source="CXC",
        destination="Redis",
        protocol="TCP",
        ports=(6379,),
        classification="egress",
        carries="user sessions, dialing history",
        wire="RESP",
        consumer=C.COMPLIANCE_MANAGER,
        provider=C.REDIS,
        listens=(Listening(C.REDIS, 6379, "redis"),),
        transports=("redis",),
        remark="Also suppression entries and jobs. Key names are assumed.",
    ),
    Connection(
        number=6,
        source="CXC",
        destination="Network file share",
        protocol="TCP",
        ports=(2049,),
        classification="egress",
        carries="import/export files of contact and suppression lists",
        wire="NFSv3",
        consumer=C.LIST_MANAGER,
        provider=C.SHARE,
        listens=(Listening(C.SHARE, 2049, "nfs"),),
        transports=("nfs",),
        remark="NFS: a read-write-many volume in the chart. The NFS version is not documented.",
    ),
    Connection(
        number=7,
        source="CXC",
        destination="PostgreSQL",
        protocol="TCP",
        ports=(5432,),
        classification="egress",
        carries="contact and suppression lists",
        wire="PostgreSQL v3",
        consumer=C.LIST_BUILDER,
        provider=C.POSTGRES,
        listens=(Listening(C.POSTGRES, 5432, "postgresql"),),
        transports=("postgresql",),
        remark="Needs the extension tablefunc. Shares its address with row 13; the login role tells them apart.",
        shared=True,
    ),
    Connection(
        number=8,
        source="OCS",
        destination="CXC",
        protocol="TCP",
        ports=(8888,),
        classification="ingress",
        carries="OCS callbacks",
        wire="HTTP",
        consumer=C.OCS,
        provider=C.COMPLIANCE_MANAGER,
        listens=(
            Listening(C.COMPLIANCE_MANAGER, 8888, "http"),
            Listening(C.DIAL_MANAGER, 8888, "http"),
        ),
        transports=("http",),
        remark="HTTP POST with JSON. 8888 is Configuration Server's port on row 10 too; the addresses differ.",
    ),
    Connection(
        number=9,
        source="GWS",
        destination="OCS",
        protocol="TCP",
        ports=(5050,),
        classification="intra-cluster",
        carries="config data",
        wire="campaign control, framing of our own",
        consumer=C.GWS,
        provider=C.OCS,
        listens=(Listening(C.OCS, 5050, "ocs"),),
        transports=("ocs",),
        remark="Really campaign control. The native protocol is not public: messages are observed, bytes are ours.",
    ),
    Connection(
        number=10,
        source="GWS",
        destination="Configuration Server",
        protocol="TCP",
        ports=(8888,),
        classification="intra-cluster",
        carries="config data",
        wire="configuration protocol, framing of our own",
        consumer=C.GWS,
        provider=C.CONFSERV,
        listens=(Listening(C.CONFSERV, 8888, "confserv"),),
        transports=("confserv",),
        remark="The native protocol is not public: bytes are ours. On premises the default port is 2020. "
        "OCS reads Configuration Server too, as every Genesys server does; the table omits that.",
    ),
    Connection(
        number=11,
        source="CXC",
        destination="GWS",
        protocol="HTTP/HTTPS",
        ports=(443,),
        classification="egress",
        carries="config data, campaigns, tenant settings, authentication",
        wire="HTTPS or HTTP",
        consumer=C.API_AGGREGATOR,
        provider=C.GWS,
        listens=(Listening(C.GWS, 443, "https"),),
        transports=("http",),
        remark="Seven APIs: auth, environment, ocs, configuration, statistics, setting, voice.",
    ),
    Connection(
        number=12,
        source="CXC",
        destination="Nexus",
        protocol="HTTP/HTTPS",
        ports=(443,),
        classification="egress",
        carries="SMS and e-mail",
        wire="HTTPS or HTTP",
        consumer=C.DIAL_MANAGER,
        provider=C.NEXUS,
        listens=(Listening(C.NEXUS, 443, "https"),),
        transports=("http",),
        remark="Called by Dial Manager; off unless configured; needs an API key.",
    ),
    Connection(
        number=13,
        source="OCS",
        destination="PostgreSQL",
        protocol="TCP",
        ports=(5432,),
        classification="egress",
        carries="contact list updates",
        wire="PostgreSQL v3",
        consumer=C.OCS,
        provider=C.POSTGRES,
        listens=(Listening(C.POSTGRES, 5432, "postgresql"),),
        transports=("postgresql",),
        remark="Shares its address with row 7; the login role tells them apart.",
        shared=True,
    ),
)

UNLISTED: tuple[Listening, ...] = (
    Listening(C.UI, 3000, "http"),
    Listening(C.OCS, 8080, "http"),
    Listening(C.CONTROL, 7000, "http"),
)
"""What listens although the table does not say so: the UI's own port behind the ingress, OCS's own HTTP server (its
desktop requests; the document gives no port) and the testbed's control address. All three ports are ours."""


def connection(number: int) -> Connection:
    """Return row ``number``, 1 to 13.

    >>> connection(9).provider
    <Component.OCS: 'ocs'>
    """
    if not 1 <= number <= len(CONNECTIONS):
        raise LookupError(f"There is no connection {number}: the table has rows 1 to {len(CONNECTIONS)}.")
    return CONNECTIONS[number - 1]


def listening_ports(component: C) -> tuple[Listening, ...]:
    """Return where ``component`` listens, documented ports first.

    >>> [place.port for place in listening_ports(C.SFTP)]
    [22, 21]
    """
    places = [place for row in CONNECTIONS for place in row.listens if place.component is component]
    places += [place for place in UNLISTED if place.component is component]
    return tuple(dict.fromkeys(places))


def rows_of(component: C) -> list[int]:
    """Return the connections on which ``component`` is one of the two sides.

    >>> rows_of(C.OCS)
    [8, 9, 13]
    """
    return [
        row.number
        for row in CONNECTIONS
        if component in (row.consumer, row.provider) or component in {place.component for place in row.listens}
    ]
