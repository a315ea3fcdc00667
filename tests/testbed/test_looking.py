"""Asserting in one line: what is there is returned, as soon as it is; what is not is told with what is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cxmock.errors.looking import NotThere
from cxmock.errors.transfer import FileNotArrived
from cxmock.fakes.confserv import Confserv
from cxmock.fakes.gws import Gws
from cxmock.fakes.nexus import Nexus
from cxmock.fakes.sftp import Sftp
from cxmock.fakes.share import Share
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.faces import RedisFace
from cxmock.wire.http import Request, to_json

LONDON = "+442079460018"


def later(do: Callable[[], object]) -> threading.Timer:
    """Do something in a moment, while the test waits for it."""
    timer = threading.Timer(0.02, do)
    timer.start()
    return timer


def text(nexus: Nexus, to: str, words: str) -> None:
    """Send a text message, as Dial Manager does."""
    batch = {"batchId": words, "channel": "sms", "messages": [{"reference": words, "to": to, "text": words}]}
    headers = {"x-api-key": nexus.api_key, "x-ccid": nexus.ccid}
    request = Request("POST", "/nexus/v3/messages", headers, to_json({"data": batch}))
    assert nexus.answer(request).status == 200


def test_a_message_is_waited_for(cx_nexus: Nexus) -> None:
    timer = later(lambda: text(cx_nexus, LONDON, "Hello Ada"))

    assert cx_nexus.message(LONDON, containing="Ada").channel == "sms"

    timer.join()
    with pytest.raises(NotThere) as told:
        cx_nexus.message(LONDON, channel="email", containing="Bea", within=0.01)
    assert f'Nexus has no email to "{LONDON}" with "Bea".' in str(told.value)
    assert f"sms to {LONDON}: Hello Ada" in str(told.value)
    assert "connection 12" in told.value.fix


def test_nothing_at_all_is_told_as_such(cx_nexus: Nexus) -> None:
    with pytest.raises(NotThere, match="One like it; there is none at all"):
        cx_nexus.message(LONDON, within=0)


def test_only_the_latest_of_many_are_told(cx_nexus: Nexus) -> None:
    for number in range(12):
        text(cx_nexus, LONDON, f"No {number}.")

    with pytest.raises(NotThere, match=r"\.\.\. 2 earlier ones\n +sms to .*: No 2\.(.|\n)*No 11\."):
        cx_nexus.message(LONDON, containing="No 12.", within=0)


def test_a_session_at_gws_is_waited_for(cx_gws: Gws) -> None:
    timer = later(lambda: cx_gws.issue_token_for("supervisor"))

    session = cx_gws.session("supervisor")

    assert session.user is not None and session.user.login == "supervisor"
    timer.join()
    with pytest.raises(NotThere, match=r'GWS has no session of "ada"(.|\n)*supervisor'):
        cx_gws.session("ada", within=0)


def test_a_session_in_redis_is_waited_for(cx_contact: Contact, cx_redis: RedisFace) -> None:
    with pytest.raises(NotThere, match='Redis has no session of "supervisor"'):
        cx_redis.session("supervisor", within=0)

    cx_contact.login()

    assert cx_redis.session("supervisor")["tenant"] == "Acme"
    assert [one["username"] for one in cx_redis.sessions.values()] == ["supervisor"]


def test_dialing_history_is_told_by_device_and_by_client(cx_redis: RedisFace, cx_testbed: Testbed) -> None:
    for owner in ("device:442079460018", "client:C-1"):
        cx_redis.call("HSET", f"cxc:{{Acme}}:history:{owner}", "b", "1768402900 33", "a", "1768402800 6")

    assert cx_redis.device_history("+44 20 7946 0018") == [(1768402800, 6), (1768402900, 33)]
    assert cx_redis.client_history("C-1") == [(1768402800, 6), (1768402900, 33)]
    with pytest.raises(NotThere, match=r'no attempt on client "C-2"(.|\n)*C-1'):
        cx_redis.client_history("C-2", within=0)


def test_an_object_of_configuration_is_waited_for(cx_confserv: Confserv) -> None:
    timer = later(lambda: cx_confserv.create("Campaign", {"name": "Spring"}))

    assert cx_confserv.wait_for("Campaign", "Spring")["state"] == 1

    timer.join()
    with pytest.raises(NotThere, match=r'Configuration Server has no Campaign "Summer"(.|\n)*Spring'):
        cx_confserv.wait_for("Campaign", "Summer", within=0)


def test_a_file_is_waited_for_on_either_server(cx_sftp: Sftp, cx_share: Share) -> None:
    timers = [later(lambda: cx_sftp.put("/out/a.csv", b"1")), later(lambda: cx_share.put("/export/a.csv", b"2"))]

    assert (cx_sftp.file("/out/a.csv"), cx_share.file("/export/a.csv")) == (b"1", b"2")

    for timer in timers:
        timer.join()
    with pytest.raises(FileNotArrived, match=r"/out/a\.csv"):
        cx_sftp.file("/out/b.csv", within=0)
    with pytest.raises(NotThere, match=r'The share has no file "/export/b.csv"(.|\n)*/export/a.csv'):
        cx_share.file("/export/b.csv", within=0)
