"""``make mutants``: every mutant of providers verified, every mutant of consumers judged; fails below the aim."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress

from cxmock.testbed import Testbed
from tests.mutants.gaps import mutants_nobody_notices
from tests.mutants.recording import Said, record, record_demo
from tests.mutants.replaying import Replay
from tests.mutants.running import Consumers, Providers, Verdict, sample
from tests.mutants.telling import good, show

WITHIN = 3600.0
"""Seconds for all of it."""


def main() -> int:
    """Run the mutants; 0 when enough of them are noticed, of providers and of consumers."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=list(range(1, 14)), metavar="N", help="connections")
    parser.add_argument("--sample", type=int, metavar="COUNT", help="only so many of each side")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    options = parser.parse_args()
    console = Console()
    with Testbed() as testbed:
        with console.status("verifying, to see what providers truly answer"):
            said = record(testbed, options.rows)
        providers = _providers(console, testbed, said, options.sample, options.seed)
    with console.status("living the demo's campaign, to see what consumers truly ask"):
        demo = record_demo(options.rows)
    consumers = Consumers({number: [*said.calls[number], *demo[number]] for number in options.rows})
    mutants = sample(consumers.mutants, options.sample or len(consumers.mutants), options.seed)
    judged = consumers.verdicts(mutants)
    show(console, "providers", providers)
    show(console, "consumers", judged)
    for number, description in consumers.unheard:
        console.print(f'{number} nobody\'s call keeps "{description}"', highlight=False)
    return 0 if good(providers) and good(judged) else 1


def _providers(console: Console, testbed: Testbed, said: Said, count: int | None, seed: int) -> Sequence[Verdict]:
    async def running() -> list[Verdict]:
        replay = Replay(testbed.authority.ca_file)
        try:
            runner = Providers(said.answers, mutants_nobody_notices(testbed, said.answers), replay)
            await runner.check_truth(sys.maxsize, seed)
            mutants = sample(runner.mutants, count or len(runner.mutants), seed)
            with Progress(console=console, transient=True) as progress:
                task = progress.add_task("verifying mutants of providers", total=len(mutants))
                return await runner.verdicts(mutants, lambda: progress.advance(task))
        finally:
            await replay.close()

    return testbed.run(running(), within=WITHIN)


if __name__ == "__main__":
    sys.exit(main())
