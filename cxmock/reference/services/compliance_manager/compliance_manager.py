"""Compliance Manager: OCS asks it before each attempt, and tells it what became of each (row 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxmock.net.clock import Clock
from cxmock.reference.choices import Choice
from cxmock.reference.envelope import Code, Refusal, data_of, done, needed, texts
from cxmock.reference.keys import device_entry
from cxmock.reference.names import valid_name
from cxmock.reference.paging import Paging
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.compliance_manager.external import expect_here
from cxmock.reference.services.compliance_manager.lists import RULE
from cxmock.reference.services.compliance_manager.memory import Memory
from cxmock.reference.services.compliance_manager.reading import rule_of
from cxmock.reference.services.compliance_manager.record import Record, short
from cxmock.reference.services.compliance_manager.rules import ExternalRule
from cxmock.reference.services.compliance_manager.standing import following
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.serving.states import States
from cxmock.wire.http import Request, Response, from_json, to_json

RULES = f"{API}/compliance-rules"
CHOICES = f"{API}/compliance-choices"
RULES_LIMIT = 1000
"""Rules of a tenant."""
ALLOWED = to_json({})
_JSON = (b"Content-Type", b"application/json")


@dataclass
class ComplianceManager(Service):
    """Pre-dial validation, dialing history, states of campaign groups; and the tenant's rules.

    Documented: 200 lets dial, 409 does not and may name the call result; two histories an attempt, the second over the
    first, kept by OCS until it gets 200; their mandatory keys; that states are not sent twice. Assumed: the paths, and
    how the tenant's rules are written (see :func:`cxmock.reference.services.compliance_manager.reading.rule_of`).
    """

    memory: Memory = field(init=False)

    routes = Routes()
    open_to_all = ("/ocs/",)
    states = States()

    def __post_init__(self) -> None:
        self.memory = Memory(self.runtime)

    def reset(self) -> None:
        """Return to the state right after the start."""
        super().reset()
        self.memory.forget()

    # What OCS asks and tells (row 8)

    @routes("POST", "/ocs/validation")
    async def validate(self, request: Request) -> Response:
        """Say whether a record may be dialed: 200, or 409 with the call result and the rule that forbids it."""
        self.runtime.metrics.count("compliance_api_validation_requests_total")
        told = data_of(request)
        if told.get("GSW_TENANT_CCID") not in (None, self.runtime.settings.ccid):
            raise _another_tenant()
        blocked = await self.memory.blocking(Record.read(told))
        if blocked is None:
            return Response(200, [_JSON], ALLOWED)
        return Response.of(
            {
                "GSW_CALL_RESULT": int(blocked.result),
                "GSW_BLOCKING_RULE": blocked.rule,
                "GSW_BLOCKING_RULE_TYPE": blocked.kind,
            },
            409,
        )

    @routes("POST", "/ocs/history")
    async def keep_history(self, request: Request) -> Response:
        """Remember an attempt: its beginning (sequence 0), then its end (1). Told again, nothing changes."""
        self.runtime.metrics.count("compliance_api_history_requests_total")
        history = data_of(request)
        guid = needed(history, "GSW_CALL_ATTEMPT_GUID", str)
        sequence = needed(history, "GSW_HIST_SEQUENCE_NUM", int)
        self._of_this_tenant(history)
        short("GSW_CALL_ATTEMPT_GUID", guid)
        if sequence not in (0, 1):
            raise Refusal(Code.INVALID, f'"GSW_HIST_SEQUENCE_NUM" is {sequence}.', "0 begins an attempt, 1 ends it.")
        await self.memory.remember(history, guid, sequence)
        return done()

    @routes("POST", "/ocs/campaign-group-states")
    async def keep_state(self, request: Request) -> Response:
        """Keep a campaign group's latest state. What comes late, of a loading that is over, is not kept (assumed)."""
        state = data_of(request)
        name = needed(state, "GSW_CAMPAIGN_GROUP_NAME", str)
        self._of_this_tenant(state)
        short("GSW_CAMPAIGN_GROUP_NAME", name)
        redis, groups = self.runtime.redis, self.runtime.keys.campaign_groups
        kept = await redis.hget(groups, name)
        if kept is None:
            await self._expect_group(name)
        now = self.runtime.clock.now()
        if (told := following(from_json(kept or "{}"), state, now)) is not None:
            await redis.hset(groups, name, to_json({**told, "at": int(now)}))
        return done()

    # The tenant's rules, and what campaigns choose of them

    @routes("GET", RULES)
    async def rules(self, request: Request) -> Response:
        """List the tenant's rules, by name."""
        paging = Paging.of(request, RULE)
        kept = await self.runtime.redis.hgetall(self.runtime.keys.rules)
        page, total = paging.part_of([{**from_json(text), "name": name} for name, text in sorted(kept.items())])
        return paging.answer({one.pop("name"): one for one in page}, total)

    @routes("GET", f"{RULES}/{{name}}")
    async def rule(self, request: Request) -> Response:
        """Tell a rule."""
        name = request.params["name"]
        kept = await self.runtime.redis.hget(self.runtime.keys.rules, name)
        if kept is None:
            raise _no_rule(name)
        return done({"name": name, **from_json(kept)})

    @routes("PUT", f"{RULES}/{{name}}")
    async def set_rule(self, request: Request) -> Response:
        """Set a rule. It holds at once, for running campaigns too."""
        name, data = valid_name("name", request.params["name"]), data_of(request)
        rule = rule_of(name, data)
        if isinstance(rule, ExternalRule):
            await expect_here(rule.url)
        there = await self.runtime.redis.hkeys(self.runtime.keys.rules)
        if len(there) >= RULES_LIMIT and name not in there:
            raise Refusal(Code.CONFLICT, f"There are {RULES_LIMIT} rules already.", "Remove one first.")
        await self._change("hset", self.runtime.keys.rules, name, to_json(data))
        return done({"name": name})

    @routes("DELETE", f"{RULES}/{{name}}")
    async def remove_rule(self, request: Request) -> Response:
        """Remove a rule."""
        if not await self._change("hdel", self.runtime.keys.rules, request.params["name"]):
            raise _no_rule(request.params["name"])
        return done()

    @routes("GET", f"{CHOICES}/{{group}}")
    async def choice(self, request: Request) -> Response:
        """Tell which rules and suppression lists a campaign group chose; null where it chose nothing: it has all."""
        kept = await self.runtime.redis.hget(self.runtime.keys.choices, request.params["group"])
        return done(None if kept is None else Choice.of(kept).shown())

    @routes("PUT", f"{CHOICES}/{{group}}")
    async def choose(self, request: Request) -> Response:
        """Have a campaign group choose ``rules`` and ``suppressionLists``; the required ones hold beside these."""
        group, data = valid_name("group", request.params["group"]), data_of(request)
        choice = Choice(frozenset(texts(data, "rules")), frozenset(texts(data, "suppressionLists")))
        redis, keys = self.runtime.redis, self.runtime.keys
        for what, names, key in (
            ("rule", choice.rules, keys.rules),
            ("suppression list", choice.lists, keys.suppression_lists),
        ):
            if unknown := names - set(await redis.hkeys(key)):
                raise Refusal(Code.NOT_FOUND, f'There is no {what} "{min(unknown):.100}".')
        await self._change("hset", keys.choices, group, choice.kept())
        return done(choice.shown())

    @routes("DELETE", f"{CHOICES}/{{group}}")
    async def choose_nothing(self, request: Request) -> Response:
        """Forget what a campaign group chose: it has all rules and lists again."""
        await self._change("hdel", self.runtime.keys.choices, request.params["group"])
        return done()

    # Provider states

    @states("device {device} is on suppression list {name}")
    async def device_is_suppressed(self, device: str, name: str) -> None:
        """Put a device on a suppression list of every channel."""
        redis, keys = self.runtime.redis, self.runtime.keys
        await redis.hset(keys.suppression_list(name), device_entry(device), "0")
        await redis.hset(keys.suppression_lists, name, to_json({"channel": "", "type": "Device", "required": True}))
        await redis.incr(keys.rules_version)

    @states("rule {name} is {rule}")
    async def rule_is(self, name: str, rule: str) -> None:
        """Set a rule, given as JSON."""
        await self._change("hset", self.runtime.keys.rules, name, rule)

    @states("no rule is set and nobody is suppressed or was tried")
    async def nothing_forbids(self) -> None:
        """Remove all that could forbid an attempt."""
        redis, keys = self.runtime.redis, self.runtime.keys
        histories = [key async for key in redis.scan_iter(keys.device_history("0")[:-1] + "*")]
        await redis.delete(keys.rules, keys.choices, keys.suppression_lists, keys.compliance, *histories)
        await redis.incr(keys.rules_version)

    @states("device {device} was tried {count} times")
    async def device_was_tried(self, device: str, count: int) -> None:
        """Remember so many attempts on a device, all of them now and unanswered."""
        now = int(self.runtime.clock.now())
        for number in range(int(count)):
            told = {"GSW_PHONE": device, "GSW_CALL_RESULT": 7, "GSW_CALL_TIME": now, "GSW_DIALING": now}
            await self.memory.remember(told, f"{device}-{number}", 1)

    @states("campaign group {name} chose {choice}")
    async def group_chose(self, name: str, choice: str) -> None:
        """Have a campaign group choose, given as JSON."""
        await self._change("hset", self.runtime.keys.choices, name, Choice.of(choice).kept())

    @states("campaign group {name} has told its state")
    async def group_told(self, name: str) -> None:
        """Have a campaign group known, of which nothing else is."""
        await self.runtime.redis.hset(self.runtime.keys.campaign_groups, name, to_json({"at": 0}))

    @states("no replica of Compliance Manager is ready")
    def nobody_is_ready(self) -> None:
        """Answer as a balancer does that has no replica to give a request to."""
        self.nobody_ready = True

    @states("the tenant is known")
    def tenant_is_known(self) -> dict[str, str]:
        """Give the tenant's name and id."""
        return {"tenant": self.runtime.settings.tenant, "ccid": self.runtime.settings.ccid}

    async def _change(self, command: str, key: str, *values: Any) -> int:
        """Change rules or choices; return how many were added or removed."""
        pipe = self.runtime.redis.pipeline(transaction=True)
        getattr(pipe, command)(key, *values)
        pipe.incr(self.runtime.keys.rules_version)
        changed, _ = await pipe.execute()
        return int(changed)

    async def _expect_group(self, name: str) -> None:
        """Refuse (604) a campaign group that Configuration has not; while nobody can tell, it is believed."""
        try:
            await self.runtime.gws.needed("campaign-groups", name)
        except Refusal as refusal:
            if refusal.code == Code.NOT_FOUND:
                raise

    def _of_this_tenant(self, told: dict[str, Any]) -> None:
        """Refuse what is told of another tenant."""
        needed(told, "GSW_TENANT_NAME", str)
        if needed(told, "GSW_TENANT_CCID", str) != self.runtime.settings.ccid:
            raise _another_tenant()


def _another_tenant() -> Refusal:
    return Refusal(Code.FORBIDDEN, '"GSW_TENANT_CCID" is not this tenant\'s.', "See CX_CCID.")


def _no_rule(name: str) -> Refusal:
    return Refusal(Code.NOT_FOUND, f'There is no rule "{name:.100}".', f"GET {RULES} lists them.")


def build(settings: Settings, clock: Clock) -> ComplianceManager:
    """Return the service."""
    return ComplianceManager(Runtime(settings, clock, "cxc-compliance", "cxc_compliance_"))
