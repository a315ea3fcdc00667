"""Row 1, campaigns: session profiles, dialing profiles, campaign templates, campaign groups and what they are told.

Documented: the order of these objects, the types of dialing profiles, modes, the pairs between which a campaign that
dials can change, and that campaigns are paused and resumed. Observed: ranges and defaults of goals. Paths, fields and
refusals are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxmock.contracts.authoring import Ask, each_like, given, integer, like, null_or, number, regex, stated
from cxmock.contracts.authoring.campaign import told_of_loaded
from cxmock.contracts.authoring.compliance import Call
from cxmock.contracts.authoring.contact import API, done, page, refused

CHAIN = given("CX Contact has campaign template {name}, and what it builds on", name="sales")
"""Session profile "daytime", dialing profile "calls", and the template."""
SPRING_LIST = given("calling list {name} exists", name="Spring")
NO_GROUP = given("there is no {type} {name}", type="CampaignGroup", name="Autumn@Outbound agents")
ASSIGNED = given("campaign {name} is assigned to the outbound agents", name="Spring")
SUMMER = "Summer@Outbound agents"
NOT_LOADED, LOADED, DIALING, PAUSED = (
    given(f"campaign {{name}} is {state}", name="Summer") for state in ("not loaded", "loaded", "dialing", "paused")
)

KEPT = {"version": integer(1), "created": integer(1767225600), "changed": integer(1767225600)}
KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "session-profiles": ("daytime", {"channels": integer(3)}, {"callerId": like("")}),
    "dialing-profiles": (
        "calls",
        {"type": like("agent"), "sessionProfile": like("daytime")},
        {"dialMode": null_or("predict"), "optimizeGoal": null_or(integer(80)), "message": like("")},
    ),
    "campaign-templates": (
        "sales",
        {"dialingProfile": like("calls")},
        {"description": like("")},
    ),
}
"""Kind -> one that is there, what it is given, what else is told of it."""


def about_campaigns() -> Iterator[Call]:
    """Yield the promises."""
    for kind, (name, fields, more) in KINDS.items():
        yield from _kind(kind, name, fields, more)
    yield from _chain()
    yield from _groups()
    yield from _commands()
    yield from _refused_commands()


def _kind(kind: str, name: str, fields: dict[str, Any], more: dict[str, Any]) -> Iterator[Call]:
    one, what = kind[:-1].replace("-", " "), f"{API}/{kind}"
    path, nobodys = _path(kind, name), _path(kind, "nobody's")
    none = given("CX Contact has no {kind} {name}", kind=kind, name="new")
    told = {**fields, **more, **KEPT}
    made = done({**told, "name": stated("new")}, status=201)
    yield Call(f"a {one} is made", Ask("POST", what, json={"name": like("new"), **fields}), made, (CHAIN, none))
    shown = {**told, "name": stated(name)}
    yield Call(f"a {one} is told", Ask("GET", path), done(shown), (CHAIN,))
    listed = stated(each_like({**told, "name": like(name)}), like([]))
    yield Call(f"the {kind.replace('-', ' ')} are listed", Ask("GET", what), page(listed), (CHAIN,))
    yield Call(f"a {one} is set anew", Ask("PUT", path, json=fields), done(shown), (CHAIN,))
    change = {"description": like("by day")}
    yield Call(f"a {one} is changed", Ask("PATCH", path, json=change), done(shown), (CHAIN,))
    taken = Ask("POST", what, json={"name": like(name), **fields})
    yield Call(f"a {one} whose name is taken is refused", taken, refused(409, 609), (CHAIN,))
    for method, body in (("GET", None), ("PUT", fields), ("DELETE", None)):
        asked = Ask(method, nobodys) if body is None else Ask(method, nobodys, json=body)
        yield Call(f"{method} of a {one} that nobody made", asked, refused(404, 604), (CHAIN,))
    unknown = Ask("POST", what, json={"name": like("new"), **fields, "colour": "red"})
    yield Call(f"a {one} with an unknown field is refused", unknown, refused(400, 652), (CHAIN, none))


def _chain() -> Iterator[Call]:
    """Yield what holds between objects that build on one another."""
    profiles, templates = f"{API}/dialing-profiles", f"{API}/campaign-templates"
    agent = {"name": like("new"), "type": "agent", "sessionProfile": like("daytime")}
    nothing = Ask("POST", profiles, json={**agent, "sessionProfile": like("night")})
    yield Call("a dialing profile on no session profile is refused", nothing, refused(404, 604), (CHAIN,))
    nothing = Ask("POST", templates, json={"name": like("new"), "dialingProfile": like("faxes")})
    yield Call("a campaign template on no dialing profile is refused", nothing, refused(404, 604), (CHAIN,))
    for kind, name in (("session-profiles", "daytime"), ("dialing-profiles", "calls")):
        description = f"a {kind[:-1].replace('-', ' ')} on which others build is not removed"
        yield Call(description, Ask("DELETE", _path(kind, name)), refused(409, 409), (CHAIN,))
    last = Ask("DELETE", _path("campaign-templates", "sales"))
    yield Call("a campaign template on which nothing builds is removed", last, done(), (CHAIN,))
    for what, wrong, code in (
        ("without a type", {"type": None}, 651),
        ("of an unknown type", {"type": "fax"}, 652),
        ("in a mode that its type has not", {"dialMode": "power-gvp"}, 652),
        ("with a goal beyond its range", {"optimizeBy": "overdial-rate", "optimizeGoal": 101}, 652),
        ("with a goal in a mode that has none", {"dialMode": "progress", "optimizeGoal": 50}, 652),
        ("that sends nothing", {"type": "alert"}, 651),
    ):
        asked = Ask("POST", profiles, json={**agent, **wrong})
        yield Call(f"a dialing profile {what} is refused", asked, refused(400, code), (CHAIN,))
    for channels in (0, 10001):
        asked = Ask("POST", f"{API}/session-profiles", json={"name": like("new"), "channels": channels})
        yield Call(f"a session profile of {channels} channels is refused", asked, refused(400, 652), (CHAIN,))


def _groups() -> Iterator[Call]:
    groups = f"{API}/campaign-groups"
    wanted = {
        "name": like("Autumn"),
        "contactList": like("Spring"),
        "group": like("Outbound agents"),
        "template": like("sales"),
    }
    name = stated("Autumn@Outbound agents", regex(".+@.+", "Autumn@Outbound agents"))
    made = {"name": name, "dbid": integer(101), "campaignDBID": integer(101), "groupDBID": integer(101)}
    there = (CHAIN, SPRING_LIST, NO_GROUP)
    asked = Ask("POST", groups, json=wanted)
    yield Call("a campaign group is made from a template", asked, done(made, status=201), there)
    asked = Ask("POST", groups, json={**wanted, "template": like("winter")})
    yield Call("a campaign group from no template is refused", asked, refused(404, 604), there)
    asked = Ask("POST", groups, json={**wanted, "dialMode": integer(1)})
    yield Call("what a template says is not said otherwise", asked, refused(400, 652), there)
    plain = {key: value for key, value in wanted.items() if key != "template"}
    for what, wrong in (
        ("in no mode", {"dialMode": "guess"}),
        ("with a goal beyond its range", {"optimizeBy": "wait-time", "optimizeGoal": 1001}),
        ("of no channels", {"channels": 0}),
    ):
        asked = Ask("POST", groups, json={**plain, **wrong})
        yield Call(f"a campaign group {what} is refused", asked, refused(400, 652), there)
    spring = _path("campaign-groups", "Spring@Outbound agents")
    mode = {"dialMode": 1, "optimizeBy": "wait-time", "optimizeGoal": 60}
    change = {key: like(value) for key, value in mode.items()}
    told = {"name": stated("Spring@Outbound agents"), "dialMode": integer(1), "optimizeBy": integer(3)}
    yield Call("how a campaign group dials is changed", Ask("PUT", spring, json=change), done(told), (ASSIGNED,))
    yield Call("a campaign group is removed", Ask("DELETE", spring), done(), (ASSIGNED,))
    summer = _path("campaign-groups", SUMMER)
    for what, asked in (
        ("changed", Ask("PUT", summer, json={"dialMode": like(1)})),
        ("removed", Ask("DELETE", summer)),
    ):
        yield Call(f"a campaign group that is loaded is not {what}", asked, refused(409, 409), (LOADED,))
        nobodys = Ask(asked.method, _path("campaign-groups", "Nobody@Nowhere"), json=asked.json)
        yield Call(f"a campaign group that nobody made is not {what}", nobodys, refused(404, 604))
    statistics = _path("campaign-groups", SUMMER, "/statistics")
    figures = {"CampaignAttempts": integer(0), "CampaignHitRatio": null_or(number(50))}
    told = {"name": stated(SUMMER), "statistics": stated(figures, like({"CampaignAttempts": 0}))}
    yield Call("the statistics of a campaign group are told", Ask("GET", statistics), done(told), (LOADED,))
    one = Ask("GET", statistics, query={"name": like("CampaignAttempts")})
    told = {"name": stated("CampaignAttempts"), "objectId": stated(SUMMER), "value": integer(0)}
    yield Call("one statistic of a campaign group is told", one, done(told), (LOADED,))
    nobodys = Ask("GET", _path("campaign-groups", "Nobody@Nowhere", "/statistics"))
    yield Call("a campaign group that nobody made has no statistics", nobodys, refused(404, 604))


def _commands() -> Iterator[Call]:
    for description, command, status, state in (
        ("a campaign that dials is paused", "pause", "Paused", DIALING),
        ("a campaign that is paused goes on", "resume", "Running", PAUSED),
        ("a campaign that is paused is stopped", "stop", "Active", PAUSED),
        ("a campaign that is paused is unloaded", "unload", "NotLoaded", PAUSED),
    ):
        yield Call(description, _command(command, {}), stands(status), (state,))
    where = Ask("GET", _path("campaign-groups", SUMMER))
    yield Call("where a campaign group stands: Paused", where, stands("Paused"), (PAUSED,))
    progressive = _command("dial-mode", {"dialMode": like("progress")})
    changed = stands("Running", dialMode=2)
    yield Call("a campaign that dials is told to dial progressively", progressive, changed, (DIALING,))
    wait = _command("dial-mode", {"dialMode": like(1), "optimizeBy": like("wait-time"), "optimizeGoal": like(60)})
    changed = stands("Running", dialMode=1, optimizeBy=3, optimizeGoal=60)
    yield Call("a campaign that dials is told to aim at something else", wait, changed, (DIALING,))
    preview = _command("dial-mode", {"dialMode": like("preview")})
    changed = stands("Active", dialMode=3)
    yield Call("a campaign that does not dial is told to dial in any mode", preview, changed, (LOADED,))


def _refused_commands() -> Iterator[Call]:
    for description, command, body, code, states in (
        ("a campaign that does not dial is not paused", "pause", {}, 409, (LOADED,)),
        ("a campaign that is not paused does not go on", "resume", {}, 409, (DIALING,)),
        ("a campaign that is paused is not started", "start", {}, 409, (PAUSED,)),
        ("a campaign that is not loaded is not unloaded at once", "force-unload", {}, 409, (NOT_LOADED,)),
        ("a campaign that is not loaded has no mode", "dial-mode", {"dialMode": 1}, 409, (NOT_LOADED,)),
        (
            "a campaign that dials predictively does not change to preview",
            "dial-mode",
            {"dialMode": 3},
            409,
            (DIALING,),
        ),
        ("a campaign that is to dial otherwise is told how", "dial-mode", {}, 651, (DIALING,)),
        ("a campaign does not dial in no mode", "dial-mode", {"dialMode": "guess"}, 652, (DIALING,)),
        (
            "a campaign does not aim beyond the range",
            "dial-mode",
            {"dialMode": 1, "optimizeGoal": 101},
            652,
            (DIALING,),
        ),
        ("a campaign does not dance", "dance", {}, 604, (LOADED,)),
    ):
        status = {409: 409, 604: 404}.get(code, 400)
        yield Call(description, _command(command, body), refused(status, code), states)
    for command in ("start", "pause", "resume", "stop", "unload", "force-unload"):
        asked = Ask("POST", _path("campaign-groups", "Nobody@Nowhere", f"/{command}"), json={})
        yield Call(f"{command} of a campaign group that nobody made", asked, refused(404, 604))


def stands(status: str, **mode: int) -> Any:
    """Return the answer to a command: where the campaign group stands then."""
    inside = ("campaignId", "groupId")
    told = {name: value for name, value in told_of_loaded(status, **mode).items() if name not in inside}
    return done({"name": stated(SUMMER, regex(".+@.+", SUMMER)), "dbid": integer(101), **told})


def _command(command: str, body: Any) -> Ask:
    return Ask("POST", _path("campaign-groups", SUMMER, f"/{command}"), json=body)


def _path(kind: str, name: str, after: str = "") -> Any:
    return regex(f"{API}/{kind}/[^/]+{after}", f"{API}/{kind}/{name}{after}")
