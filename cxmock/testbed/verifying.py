"""Holds providers to the contracts: a testbed's parts, and whoever stands elsewhere, at a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cxmock.contracts.arrangers import Arranger
from cxmock.contracts.arranging import Arrange, arranged_by
from cxmock.contracts.chosen import Chosen, choose
from cxmock.contracts.coverage import Column, Facts
from cxmock.contracts.coverage.fact import fact_of
from cxmock.contracts.model import Contract, Interaction
from cxmock.contracts.reports import Report
from cxmock.contracts.stubbing.situation import Situation
from cxmock.contracts.targets import Target, key_of, provider_of, targets_from, without_login
from cxmock.contracts.verdicts import RowResult, Verdict
from cxmock.contracts.verification import Verifier
from cxmock.errors.states import UnknownState
from cxmock.errors.verifying import NobodyArranges
from cxmock.testbed.environment import in_plain_text
from cxmock.topology import Component, connection

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed

_AIR = 30.0
"""Seconds that the verification of a row may take beyond what its interactions may."""


class TestbedVerifier:
    """Verifies contracts against a testbed's parts, and against targets. Pact's engine stays warm; close it at the end.

    Verification puts the parts into states: what they held before is gone afterwards. A target is never reset.

    Args:
        testbed: whose parts are meant where there is no target.
        targets: where others are, who play the provider of a row.
        states: brings about the states of targets, and of components that somebody else plays in the testbed.
        wired: whether targets work with the parts of this testbed, so that these may bring about their states, too; and
            whoever wired them together makes the parts fresh.
        ca_file: who is trusted (PEM); the testbed's own CA by default.
        within: seconds for each request, state and operation.
    """

    __test__ = False

    def __init__(
        self,
        testbed: Testbed,
        *,
        targets: Mapping[int, Target] | None = None,
        states: Arranger | None = None,
        wired: bool = False,
        ca_file: Path | None = None,
        within: float = 5.0,
    ) -> None:
        self._testbed = testbed
        self._elsewhere = dict(targets or {})
        self.states = states
        self._wired = wired
        self._within = within
        self._row = 0
        self._current: tuple[int, Interaction] | None = None
        self._targets = self._own()
        for number in self._elsewhere:
            self._join(number)
        self._verifier = Verifier(
            ca_file=ca_file or testbed.authority.ca_file,
            targets=self._targets,
            arrange=self._arrange,
            states=self._arrange_elsewhere,
            fresh=self._fresh,
            within=within,
        )
        bridge = self._verifier.bridge
        bridge.arrange = self._leniently(bridge.arrange)

    @property
    def verifier(self) -> Verifier:
        """The verifier itself; its calls are for the testbed's loop."""
        return self._verifier

    def verify(self, rows: Sequence[int] = ()) -> list[RowResult]:
        """Verify the contracts of ``rows`` (all thirteen when none is named), whose parts have to be started."""
        return [self.verify_chosen(one) for one in choose(rows)]

    def verify_chosen(self, chosen: Chosen) -> RowResult:
        """Verify what is chosen of one contract; the parts have to be started, the targets have to be ready.

        It begins with all fresh that the row's providers need, so that it does not matter what was verified before.
        """
        self._row = 0
        work = self._verifier.verify_row(chosen.number, chosen.contract, chosen.places)
        limit = sum(map(self._verifier.limit, chosen.interactions)) + _AIR
        return self._testbed.run(work, within=limit)

    def check(self, number: int, contract: Contract, place: int) -> Verdict:
        """Verify one interaction of a contract, by its place in the file."""
        work = self._verifier.check(number, place, contract)
        return self._testbed.run(work, within=self._verifier.limit(contract.interactions[place]) + _AIR)

    def ready(self, chosen: Chosen) -> None:
        """See that what stands elsewhere can be reached and trusted, before any promise is tried.

        Raises:
            TargetNotReady: it cannot.
            StatesUnusable: what is to bring about its states cannot be asked.
        """
        places = [
            place for place in chosen.places if self._is_elsewhere(chosen.number, chosen.contract.interactions[place])
        ]
        self._testbed.run(self._verifier.ready(chosen.number, chosen.contract, places), within=self._within + _AIR)
        if self.states is not None:
            self._testbed.run(self.states.ready(), within=self._within + _AIR)

    def aim(self, number: int, target: Target | None) -> None:
        """Take another target for a row from now on; None is the testbed's own part."""
        self._elsewhere.pop(number, None)
        if target is not None:
            self._elsewhere[number] = target
        self._join(number)
        self._testbed.run(self._verifier.forget(number))

    def start(self, chosen: Iterable[Chosen]) -> None:
        """Start the parts that are needed for what is chosen: none for what stands elsewhere."""
        needed = dict.fromkeys(
            provider_of(one.number, interaction)
            for one in chosen
            for interaction in one.interactions
            if not self._is_elsewhere(one.number, interaction)
        )
        if needed:
            self._testbed.start(*needed)

    def facts(self, report: Report, *, who: str = "", where: str = "", release: str = "") -> Facts:
        """Return what a report says about who keeps which promises.

        Args:
            report: of verifications by this verifier.
            who: who looked.
            where: where the systems are; by default the hosts of the targets, or the testbed.
            release: the systems' name and version.
        """
        found = [
            fact_of(verdict, result.contract.raw[place], self._keeper(verdict.number, verdict.interaction))
            for result in report.results
            for verdict in result.verdicts
            for place in [result.contract.interactions.index(verdict.interaction)]
        ]
        hosts = {
            urlsplit(verdict.at).netloc
            for result in report.results
            for verdict in result.verdicts
            if self._keeper(verdict.number, verdict.interaction) is Column.REAL
        }
        place = where or ", ".join(sorted(hosts)) or "testbed"
        return Facts(who=who, where=place, when=report.moment, release=release, promises=tuple(found))

    def _keeper(self, number: int, interaction: Interaction) -> Column:
        """Return who plays the provider of a promise."""
        component = provider_of(number, interaction)
        if self._is_elsewhere(number, interaction) or component in self._testbed.played:
            return Column.REAL
        stores = self._testbed.options.stores
        if component is Component.REDIS and stores == "fakeredis":
            return Column.FAKE
        if component in (Component.REDIS, Component.POSTGRES):
            return Column.CONTAINER if stores == "container" else Column.EMBEDDED
        return Column.REFERENCE if component.in_contact else Column.FAKE

    def release(self) -> None:
        """Close what brings about the states of others, and have none from now on."""
        if self.states is not None:
            self._testbed.run(self.states.aclose())
            self.states = None

    def close(self) -> None:
        """End Pact's engine and every connection."""
        self._testbed.run(self._verifier.close())
        self.release()

    def _own(self) -> dict[int, Target]:
        """Return where the testbed's parts are."""
        known = self._testbed.env
        if self._testbed.authority.mutual:
            # Pact's engine has no certificate to show.
            known |= in_plain_text(self._testbed.directory)
        return targets_from(known)

    def _join(self, number: int) -> None:
        own = self._own()[number]
        other = self._elsewhere.get(number, Target({}))
        self._targets[number] = Target({**own.urls, **other.urls}, other.host_key or own.host_key)

    def _is_elsewhere(self, number: int, interaction: Interaction) -> bool:
        return number in self._elsewhere and key_of(number, interaction) in self._elsewhere[number].urls

    def _where(self) -> str:
        """Return the place of the provider of the current promise if it is not ours, else nothing."""
        if self._current is None:
            return ""
        number, interaction = self._current
        if self._is_elsewhere(number, interaction):
            return without_login(self._targets[number].url(number, key_of(number, interaction)))
        return self._testbed.played.get(provider_of(number, interaction), "")

    def _leniently(self, arrange: Arrange) -> Arrange:
        """Have states brought about in whatever way, on strict connections, too."""

        async def arranged(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
            with self._testbed.guard.lifted():
                return await arrange(number, template, params)

        return arranged

    async def _arrange_elsewhere(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        # A stub's states are chosen; what brings them about in the real thing would be refused.
        found = [getattr(owner, "states", None) for owner in self._owners(number)]
        stubs = [states for states in found if isinstance(states, Situation) and template in states.table]
        if stubs:
            given = [states.choose(template, params) for states in stubs]
            return {name: value for values in reversed(given) for name, value in values.items()}
        if self.states is None or not self._where():
            raise UnknownState(template, "", [])
        return await self.states.arrange(number, template, params)

    async def _arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await arranged_by(self._owners)(number, template, params)
        except UnknownState as error:
            where = self._where()
            if not where or error.template != template:
                raise
            raise NobodyArranges(template, where, self.states.known if self.states else ()) from None

    def _owners(self, number: int) -> Iterator[object]:
        """Yield who may know a state of a row: its provider, then the parts behind it."""
        row = connection(number)
        first = [row.provider, *(place.component for place in row.listens)]
        started = self._testbed.started
        strangers: set[str] = set()
        if self._current is not None and self._is_elsewhere(*self._current):
            if not self._wired:
                return
            strangers = {*map(str, self._elsewhere[number].urls), str(provider_of(*self._current))}
        for component in dict.fromkeys([*first, *started]):
            if component in started and component not in strangers:
                yield self._testbed.part(component)

    async def _fresh(self, number: int, interaction: Interaction) -> None:
        self._current = number, interaction
        if self._wired or self._is_elsewhere(number, interaction):
            return
        await self.fresh(number)

    async def fresh(self, number: int) -> None:
        """Return a row's parts to the state right after their start."""
        # All that a row's providers need is made fresh once; from then on interactions arrange it as they need it.
        await self._testbed.reset_parts(_components(number), needs=number != self._row)
        self._row = number


def _components(number: int) -> Iterable[Component]:
    row = connection(number)
    return dict.fromkeys([row.provider, *(place.component for place in row.listens)])
