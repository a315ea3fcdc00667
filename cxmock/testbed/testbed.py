"""A testbed: parts assembled, started, reset, stopped; with a synchronous face."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from cxmock.errors.folders import NotOnWindows
from cxmock.errors.playing import NotStarted, UnknownComponent
from cxmock.errors.processes import PartDied
from cxmock.errors.stubs import UrlOrContract
from cxmock.net.addresses import Addresses
from cxmock.net.background import Background
from cxmock.net.bell import ThreadBell
from cxmock.net.clock import Clock
from cxmock.net.folders import new_folder, no_place
from cxmock.net.processes import Supervisor
from cxmock.net.tls import Authority
from cxmock.net.waiting import until
from cxmock.serving import Credentials, Directory, Endpoint, HttpPart, Part, Site
from cxmock.serving.guard import Guard
from cxmock.testbed.assembly import Assembly
from cxmock.testbed.composition import PARTS, stub_of
from cxmock.testbed.environment import variables
from cxmock.testbed.journal import TestbedJournal
from cxmock.testbed.options import Options
from cxmock.testbed.replicas.counts import Bounds
from cxmock.topology import Component

if TYPE_CHECKING:
    from cxmock.contracts.model import Contract
    from cxmock.testbed.control import Control
    from cxmock.testbed.faces.replicas import ReplicasFace

T = TypeVar("T")

START_WITHIN = 60.0
"""Seconds for all parts to be ready; containers take the longest."""
STOP_WITHIN = 20.0
RESET_WITHIN = 20.0
WATCH_EVERY = 0.5
CLOCK_FILE = "clock"
"""In the testbed's folder: by how much its clock is ahead, for services that are processes of their own."""

ALL: tuple[Component, ...] = tuple(PARTS)
"""Every component that a testbed can start."""


class Testbed:
    """Parts that play the components, each on its own address.

    Everything public here is synchronous and may be called from any thread but the loop's own.

    >>> with Testbed() as testbed:
    ...     testbed.start(Component.NEXUS)
    ...     testbed.started
    (<Component.NEXUS: 'nexus'>,)
    """

    __test__ = False  # not a test class, whatever its name looks like to pytest

    def __init__(self, options: Options | None = None) -> None:
        if sys.platform == "win32":
            raise NotOnWindows
        self.options = options or Options()
        self.addresses = Addresses(worker=self.options.worker, ports=self.options.ports, hosts=self.options.hosts)
        self.folder = new_folder()
        self._supervisor = Supervisor(self.folder)
        try:
            self._supervisor.make_folder()
        except BaseException:
            self.addresses.close()
            raise
        self.clock = Clock(self.options.start, jumping=self.options.jumping, horizon=self.options.horizon)
        self.clock.share(self.folder / CLOCK_FILE)
        self.logs = self.options.logs or self.folder / "logs"
        """Where CX Contact's services log, a file for each or for each of its replicas."""
        self.journal = TestbedJournal(self.clock.now, ThreadBell(), capacity=self.options.journal)
        self.directory = Directory(self._find, Credentials())
        self.authority = Authority(self.folder, self.options.tls)
        self.background = Background()
        self.tell: Callable[[str], None] = lambda text: None
        """Given a sentence about what happens by itself: a replica is started again, or the load wants more."""
        self.guard = Guard()
        """Refuses what is not promised; see :meth:`be_strict`."""
        self._guests: dict[Component, str] = {}
        self._assembly = Assembly(self.options, self.addresses, self._supervisor, self.guard, self.folder, self._site)
        self._control: Control | None = None
        self._closed = False
        try:
            self._make_logs()
            if self.options.strict:
                self.be_strict(*self.options.strict)
            self._strict_at_start = self.guard.judges
            self.background.call(self._supervisor.watch)
        except BaseException:
            self.stop()
            raise

    # What users do

    def start(self, *components: Component) -> None:
        """Start ``components`` and what they need; all of them when none is named. Started ones stay as they are.

        Raises:
            NoPlace: there is no room for their files.
            PartDied: one of them was started before, and its process has ended since.
        """
        self.run(self._assembly.start(components or ALL), within=START_WITHIN)

    def play(
        self, component: Component | str, url: str = "", *, contract: Contract | Path | str | int | None = None
    ) -> None:
        """Have ``component`` played by the service that listens at ``url``, or from a contract, until :meth:`reset`.

        Fakes and reference call it through the documented address, so that the journal sees what is said. Played from a
        contract, it is a stub: it answers what is promised with the examples, and whatever else with an explanation.

        Args:
            component: who is played.
            url: where your service listens.
            contract: a Pact file; or the number of a connection, for the contract that is shipped.

        Raises:
            UnknownComponent: there is no such component.
            UrlOrContract: there is neither a URL nor a contract, or there are both.
            NobodyPlays: nobody listens there.
            NoStub: the component cannot be played from a contract.
            NothingToPlay: nothing in the contract is meant for the component.
            ContractMissing: there is no such file; other errors of contracts: it cannot be used.
        """
        if component not in PARTS:
            raise UnknownComponent(component)
        played = Component(component)
        if bool(url) == (contract is not None):
            raise UrlOrContract(played, both=bool(url))
        part = PARTS[played].play(url) if contract is None else stub_of(played, contract)
        self.run(self._assembly.replace(played, part), within=START_WITHIN)
        self._guests[played] = url

    def replicate(self, component: Component | str, least: int, most: int = 0) -> ReplicasFace:
        """Have a service of CX Contact run as several processes behind a balancer, until :meth:`reset`.

        Args:
            component: the service.
            least: how many processes.
            most: with more than ``least``, the load decides how many there are in between.

        Returns:
            Its replicas, to look at, kill and scale.

        Raises:
            NotReplicas: it is no service of CX Contact, or there cannot be so many.
            PartDied: a process ended at once; the error has its last words.
            PartNotReady: a process was not ready in time.
        """
        from cxmock.testbed.replicas.counts import counts

        service = next(iter(counts([f"{component}={least}"])))
        options = replace(self.options, replicas={service: Bounds(least, most)})
        self.run(self._assembly.replace(service, PARTS[service].build(options)), within=START_WITHIN)
        self._guests[service] = ""
        return self.replicas(service)

    def replicas(self, component: Component) -> ReplicasFace:
        """Return the replicas of a service that was started with some, to look at, kill and scale.

        Raises:
            NotStarted: it runs, if at all, without.
        """
        from cxmock.testbed.faces.replicas import ReplicasFace
        from cxmock.testbed.replicas.part import Replicas

        part = self.parts.get(component)
        if not isinstance(part, Replicas):
            raise NotStarted(component, list(self.parts))
        return ReplicasFace(self, part)

    def reset(self) -> None:
        """Return every part to the state right after its start, and empty the journal. Clients stay connected."""
        self.run(self._reset(), within=RESET_WITHIN)

    def stop(self) -> None:
        """End everything: parts, processes, threads, files. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        try:
            self.background.run_to_its_end(self._stop(), within=STOP_WITHIN)
        finally:
            self.background.close()
            self.addresses.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, say: Callable[[str], None] = lambda text: None) -> Mapping[str, Any]:
        """Open the control address, until the end, to Pact verifiers that are not ours.

        Args:
            say: told why a state or an operation failed; verifiers themselves show no more than a status.

        Returns:
            ``states``, the provider-state URL, to which ``/<row>`` is added; ``replicas``, where services that are
            several processes are told about; ``transports``: by row and transport, its ``host``, ``port``, ``path`` and
            ``scheme``.
        """
        from cxmock.testbed.control import Control

        if self._control is None:
            self._control = Control(self, say)
            self.background.call(self._control.open)
        return self._control.told()

    def unplug(self, number: int) -> None:
        """Make connection ``number`` answer as if nobody were there, until :meth:`plug`."""
        self.run(self._assembly.unplug(number), within=START_WITHIN)

    def plug(self, number: int) -> None:
        """Undo :meth:`unplug`."""
        self.run(self._assembly.plug(number), within=START_WITHIN)

    def be_strict(self, *numbers: int, contract: Path | Contract | None = None) -> None:
        """Refuse what is not promised on connections, with the explanation in the answer, until :meth:`reset`.

        A request that no promise of the connection's contract is about is not performed, whoever sent it: the service
        under test, or a part of this testbed. Logins, and what client libraries say to introduce themselves, pass.

        Args:
            numbers: the connections; all thirteen when none is named.
            contract: one of your own, in place of the shipped one.

        Raises:
            NoSuchRow: there is no such connection.
            OneContractOneRow: it is not clear which connection ``contract`` is about.
            ContractMissing: there is no such file; other errors of contracts: it cannot be used.
        """
        from cxmock.testbed.strict import judges

        self.guard.judges = {**self.guard.judges, **judges(numbers, contract)}

    def watch(self) -> NoReturn:
        """Wait for the end.

        Raises:
            PartDied: a process of ours ended though nobody stopped it; the error has its last words.
            KeyboardInterrupt: :meth:`interrupt` was called.
        """
        self.background.run(until(lambda: bool(self.deaths), within=math.inf, every=WATCH_EVERY))
        raise self.deaths[0]

    def interrupt(self) -> None:
        """Have whoever waits for the testbed now, or else next, raise KeyboardInterrupt; only :meth:`stop` goes on.

        May be called from a signal handler: what was under way is cancelled and clears up first, so nothing is torn.
        """
        self.background.interrupt()

    def run(self, work: Coroutine[Any, Any, T], *, within: float = 30.0) -> T:
        """Run a coroutine on the testbed's loop and return its result."""
        return self.background.run(work, within=within)

    # What users look at

    def part(self, component: Component) -> Any:
        """Return what plays ``component``: the fake, the store, the service, or who stands in for the user's.

        Raises:
            NotStarted: nothing plays it yet.
        """
        part = self.parts.get(component)
        if part is None:
            raise NotStarted(component, list(self.parts))
        return part.fake if isinstance(part, HttpPart) else part

    @property
    def parts(self) -> Mapping[Component, Part]:
        """What plays each started component, as it is: started, reset and stopped by the testbed."""
        return self._assembly.parts

    @property
    def unplugged(self) -> frozenset[int]:
        """The connections that answer as if nobody were there."""
        return frozenset(self._assembly.unplugged)

    @property
    def started(self) -> tuple[Component, ...]:
        """The components that are played now."""
        return tuple(self.parts)

    @property
    def deaths(self) -> list[PartDied]:
        """What to say of the processes of ours that ended though nobody stopped them."""
        return self._supervisor.deaths

    @property
    def played(self) -> dict[Component, str]:
        """The components that somebody else plays, and the URL where that service listens."""
        return {**self.options.play, **{component: url for component, url in self._guests.items() if url}}

    @property
    def as_chosen(self) -> bool:
        """Whether all is as its options say: nothing is unplugged or stricter, nobody plays a component meanwhile."""
        return not self._guests and not self.unplugged and self.guard.judges is self._strict_at_start

    @property
    def strict(self) -> tuple[int, ...]:
        """The connections on which what is not promised is refused."""
        return tuple(sorted(self.guard.judges)) if self.guard else ()

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that a service under test needs."""
        return self._variables()

    @property
    def endpoints(self) -> dict[Component, tuple[Endpoint, ...]]:
        """Where each started component listens."""
        return {one: self.directory.endpoints(one) for one in Component if one in self.parts}

    @property
    def names(self) -> dict[str, str]:
        """The address of every component, by its name as a host name: ``gws``, ``nexus``, ``compliance-provider``."""
        return {str(component): self.addresses.host(component) for component in ALL}

    @property
    def notice(self) -> str:
        """One sentence for people, when the ports are not the documented ones."""
        return self.addresses.notice

    def logged(self, *, trace: str = "") -> list[dict[str, Any]]:
        """Return what CX Contact's services and OCS have logged, by time; of one request alone by its trace id.

        Each entry has ``time``, ``level``, ``service``, ``replica``, ``trace`` and ``event``, and what that is about.
        """
        from cxmock.reference.logs import entries

        return [entry for entry in entries(self.logs) if not trace or entry["trace"] == trace]

    def __enter__(self) -> Testbed:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    # On the loop

    async def reset_parts(self, components: Iterable[Component], *, needs: bool = True) -> None:
        """Return ``components``, and with ``needs`` all that they need, to the state right after their start."""
        await self._assembly.reset(components, needs=needs)

    def _make_logs(self) -> None:
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise no_place(self.logs, error) from error

    def _find(self, component: Component, port: int) -> tuple[str, int]:
        return self.addresses.host(component), self.addresses.actual(component, port)

    def _variables_of_services(self) -> dict[str, str]:
        # Our own services meet nobody but the testbed: to read the system's certificates takes each of them 20 ms.
        own = {"SSL_CERT_FILE": str(self.authority.ca_file), "CX_CLOCK_FILE": str(self.folder / CLOCK_FILE)}
        return self._variables() | own

    def _variables(self) -> dict[str, str]:
        return variables(self.directory, self.authority)

    def _site(self, component: Component) -> Site:
        folder = self.folder / component
        folder.mkdir(mode=0o755, exist_ok=True)
        return Site(
            component,
            self.addresses,
            folder,
            self.journal,
            self.clock,
            self.options.seed,
            self.authority,
            self.directory,
            self._supervisor,
            self._assembly.unplugged,
            self.guard,
            self._variables_of_services,
            self.logs,
            lambda text: self.tell(text),
        )

    async def _reset(self) -> None:
        while self._guests:
            component, _ = self._guests.popitem()
            await self._assembly.replace(component)
        await self._assembly.reset(self.parts)
        for number in self.unplugged:
            await self._assembly.plug(number)
        self.guard.judges = self._strict_at_start
        self.clock.reset()
        self.journal.clear()

    async def _stop(self) -> None:
        failures = await self._assembly.stop()
        if self._control is not None:
            await self._control.close()
        # The folder, too, is the reaper's: so it goes even if we are killed while we end.
        await self._supervisor.close()
        if failures:
            raise ExceptionGroup("Some parts did not stop cleanly", failures)
