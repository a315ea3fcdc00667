"""A campaign group is made in the documented order: session profile, dialing profile, campaign template, group."""

from __future__ import annotations

from typing import Any

from tests.reference.campaign_manager.conftest import GROUP, NAME, Desk


def test_a_campaign_group_dials_as_the_profiles_say_that_its_template_builds_on(desk: Desk) -> None:
    desk.chain()

    path = desk.group(template="sales")

    shown = desk.api.get(path)
    told = ("media", "dialMode", "channels", "callerId", "template", "contactList", "status")
    assert [shown[name] for name in told] == ["voice", 2, 3, "+442079460000", "sales", "Leads", "NotLoaded"]
    assert desk.configured("CampaignGroup", NAME)["numOfChannels"] == 3


def test_the_type_of_a_dialing_profile_decides_what_is_sent(desk: Desk) -> None:
    """Alerts are text messages, general is e-mail; agent and IVR are calls."""
    desk.make("session-profiles", "daytime")
    for kind, media in (("agent", "voice"), ("ivr", "voice"), ("alert", "sms"), ("general", "email")):
        desk.make("dialing-profiles", kind, type=kind, sessionProfile="daytime", message="Hello {FirstName}")
        desk.make("campaign-templates", kind, dialingProfile=kind)

        assert desk.api.get(desk.group(kind, template=kind))["media"] == media


def test_a_template_chooses_rules_and_suppression_lists_for_its_campaign_groups(desk: Desk) -> None:
    desk.api.call("PUT", "/compliance-rules/texas", {"type": "location", "prefixes": ["1512"]})
    desk.make("session-profiles", "daytime")
    desk.make("dialing-profiles", "calls", type="agent", sessionProfile="daytime")
    desk.make("campaign-templates", "careful", dialingProfile="calls", rules=["texas"])

    desk.group(template="careful")

    chosen = desk.api.get(f"/compliance-choices/{NAME.replace(' ', '%20')}")
    assert chosen == {"rules": ["texas"], "suppressionLists": []}


MISSING: list[tuple[str, dict[str, Any], str]] = [
    ("dialing-profiles", {"type": "agent", "sessionProfile": "night"}, 'There is no session profile "night".'),
    ("campaign-templates", {"dialingProfile": "faxes"}, 'There is no dialing profile "faxes".'),
    (
        "campaign-groups",
        {"group": GROUP, "contactList": "Leads", "template": "winter"},
        'There is no campaign template "winter".',
    ),
]


def test_what_names_an_earlier_object_that_is_not_there_is_refused_and_not_made(desk: Desk) -> None:
    for path, order, missing in MISSING:
        assert desk.refused("POST", f"/{path}", {"name": "new", **order})[:3] == (404, 604, missing)
        assert desk.api.get(f"/{path}") == []


def test_what_others_build_on_is_not_removed_until_they_are(desk: Desk) -> None:
    """Each refusal names who is in the way; taken away from the end, everything goes."""
    desk.chain()
    path = desk.group(template="sales")

    for kind, name, user in (
        ("session-profiles", "daytime", "dialing profile calls"),
        ("dialing-profiles", "calls", "campaign template sales"),
        ("campaign-templates", "sales", f"campaign group {NAME}"),
    ):
        status, code, message, _ = desk.refused("DELETE", f"/{kind}/{name}")
        assert (status, code) == (409, 409)
        assert message == f'The {kind[:-1].replace("-", " ")} "{name}" is in use by {user}.'

    for one in (path, "/campaign-templates/sales", "/dialing-profiles/calls", "/session-profiles/daytime"):
        desk.api.call("DELETE", one)
    assert desk.api.get("/campaigns") == desk.api.get("/session-profiles") == []


def test_a_campaign_group_that_is_loaded_is_neither_changed_nor_removed(desk: Desk) -> None:
    path = desk.group()
    desk.do(path, "load")

    for method, body in (("PUT", {"dialMode": "progress"}), ("DELETE", None)):
        assert desk.refused(method, path, body)[:2] == (409, 409)
    desk.do(path, "unload")

    desk.api.call("PUT", path, {"dialMode": "predict", "optimizeBy": "wait-time", "optimizeGoal": 60})
    shown = desk.api.get(path)
    assert (shown["dialMode"], shown["optimizeBy"], shown["optimizeGoal"]) == (1, 3, 60)


GOALS = [
    ("busy-factor", 80, 100),
    ("overdial-rate", 5, 100),
    ("wait-time", 30, 1000),
    ("distribution-time", 30, 1000),
]


def test_every_goal_has_its_range_and_default(desk: Desk) -> None:
    for by, default, most in GOALS:
        assert desk.api.get(desk.group(f"default {by}", optimizeBy=by))["optimizeGoal"] == default
        for goal in (0, most):
            assert desk.api.get(desk.group(f"{by} {goal}", optimizeBy=by, optimizeGoal=goal))["optimizeGoal"] == goal
        for goal in (-1, most + 1):
            wrong = {"name": "x", "group": GROUP, "contactList": "Leads", "optimizeBy": by, "optimizeGoal": goal}
            told = f"From 0 to {most} is possible for {by}."
            assert desk.refused("POST", "/campaign-groups", wrong)[1::2] == (652, told)


def test_modes_that_optimize_nothing_take_no_goal(desk: Desk) -> None:
    for mode in ("progress", "preview", "progress-and-seize", "power"):
        wrong = {"name": "x", "group": GROUP, "contactList": "Leads", "dialMode": mode, "optimizeGoal": 50}
        message = f'"optimizeGoal" makes no sense in mode {mode}: it optimizes nothing.'
        assert desk.refused("POST", "/campaign-groups", wrong)[:3] == (400, 652, message)


WRONG: list[tuple[str, dict[str, Any], int]] = [
    ("session-profiles", {}, 651),
    ("session-profiles", {"name": "a/b"}, 652),
    ("session-profiles", {"name": "x", "channels": 0}, 652),
    ("session-profiles", {"name": "x", "channels": "many"}, 652),
    ("session-profiles", {"name": "x", "callerId": "nobody"}, 652),
    ("session-profiles", {"name": "x", "colour": "red"}, 652),
    ("dialing-profiles", {"name": "x", "type": "agent"}, 651),
    ("dialing-profiles", {"name": "x", "type": "fax", "sessionProfile": "daytime"}, 652),
    ("dialing-profiles", {"name": "x", "type": "agent", "sessionProfile": 7}, 652),
    ("dialing-profiles", {"name": "x", "type": "agent", "sessionProfile": "daytime", "dialMode": "power-gvp"}, 652),
    ("dialing-profiles", {"name": "x", "type": "alert", "sessionProfile": "daytime"}, 651),
    ("dialing-profiles", {"name": "x", "type": "agent", "sessionProfile": "daytime", "optimizeGoal": 101}, 652),
    ("dialing-profiles", {"name": "x", "type": "ivr", "sessionProfile": "daytime", "optimizeBy": "busy-factor"}, 652),
    ("campaign-templates", {"name": "x", "dialingProfile": "calls", "rules": "all"}, 652),
    ("campaign-groups", {"name": "x", "group": GROUP, "contactList": "Leads", "template": "sales", "dialMode": 1}, 652),
    ("campaign-groups", {"name": "x", "group": GROUP, "contactList": "Leads", "channels": 0}, 652),
    ("campaign-groups", {"name": "x", "group": GROUP, "contactList": "Leads", "message": "\0"}, 652),
]


def test_what_is_missing_or_wrong_is_told_and_nothing_is_made(desk: Desk) -> None:
    desk.chain()
    for path, order, code in WRONG:
        assert desk.refused("POST", f"/{path}", order)[:2] == (400, code), order
    assert [len(desk.api.get(f"/{path}")) for path in dict.fromkeys(path for path, _, _ in WRONG)] == [1, 1, 1, 0]


def test_a_name_that_is_taken_is_refused(desk: Desk) -> None:
    desk.chain()
    for kind, fields in (
        ("session-profiles", {"name": "daytime"}),
        ("dialing-profiles", {"name": "calls", "type": "agent", "sessionProfile": "daytime"}),
        ("campaign-templates", {"name": "sales", "dialingProfile": "calls"}),
    ):
        assert desk.refused("POST", f"/{kind}", fields)[:2] == (409, 609)
