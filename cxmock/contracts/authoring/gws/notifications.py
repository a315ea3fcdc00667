"""News of statistics by the Bayeux protocol, ``/statistics/v3/notifications``."""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    all_of,
    assumed,
    containing,
    includes,
    integer,
    not_empty,
    regex,
)
from cxmock.contracts.authoring.gws.shared import TOKEN_IS_VALID, WITH_TOKEN

BAYEUX = assumed("the Bayeux protocol, by which clients of the Statistics API are told of news; its words")

NOTIFICATIONS = "/statistics/v3/notifications"


def promise(row: Row) -> None:
    """Add this API's promises."""
    hello = {"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}
    greeted = {
        "channel": "/meta/handshake",
        "successful": True,
        "clientId": not_empty("1f0e7c523d1b4a6f8c901e2d3c4b5a69"),
        "version": "1.0",
        "supportedConnectionTypes": containing("long-polling"),
        "advice": {"reconnect": "retry", "interval": integer(0), "timeout": integer(30000)},
    }
    cookie = all_of(
        regex("STATISTICS_SESSIONID=[^;]+;.*", "STATISTICS_SESSIONID=4711; Path=/statistics/v3; HttpOnly"),
        includes("Path=/statistics/v3", ""),
        includes("HttpOnly", ""),
    )
    for path, where in ((NOTIFICATIONS, ""), (f"{NOTIFICATIONS}/handshake", ", at a path of its own")):
        row.http(
            f"a session of notifications begins{where}",
            BAYEUX,
            Ask("POST", path, headers=WITH_TOKEN, json=[hello]),
            Answer(200, headers={"Set-Cookie": cookie}, json=[greeted]),
            states=[TOKEN_IS_VALID],
        )
        unknown = {"channel": "/meta/connect", "clientId": "nobody", "connectionType": "long-polling"}
        row.http(
            f"a session of notifications that has ended is begun again{where}",
            BAYEUX,
            Ask("POST", path.replace("handshake", "connect"), headers=WITH_TOKEN, json=[unknown]),
            Answer(
                200,
                json=[
                    {
                        "channel": "/meta/connect",
                        "successful": False,
                        "error": regex("402:.*", "402::Unknown client"),
                        "advice": {"reconnect": "handshake", "interval": integer(0)},
                    }
                ],
            ),
            states=[TOKEN_IS_VALID],
        )
