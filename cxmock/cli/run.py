"""``cxmock run -- COMMAND``: a command in front of a testbed, which ends with it."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from cxmock.cli.choosing import testbed_arguments, testbed_options
from cxmock.cli.interrupts import Interrupts
from cxmock.cli.saying import say
from cxmock.errors.commands import CommandMissing, NoCommand

if TYPE_CHECKING:
    from cxmock.testbed import Testbed

END_WITHIN = 10.0
"""Seconds that the command has to end by itself when the testbed cannot go on."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    testbed_arguments(parser)
    parser.add_argument(
        "--isolated",
        action="store_true",
        help="in a network of its own (Linux): every documented port without rights, and nothing else to be reached",
    )
    parser.add_argument("--no-names", action="store_true", help="do not have component names resolve for the command")
    parser.add_argument("command", metavar="COMMAND", nargs=argparse.REMAINDER, help="what to run, and its arguments")


def run(options: argparse.Namespace) -> int:
    """Start the testbed, run the command with its variables, stop the testbed; return the command's exit code."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise NoCommand
    if shutil.which(command[0]) is None:
        raise CommandMissing(command[0])
    if options.isolated:
        from cxmock.net.isolation import isolate

        isolate()
    from cxmock.testbed import Testbed

    with Interrupts() as interrupts, Testbed(testbed_options(options)) as testbed:
        interrupts.end(testbed)
        testbed.start()
        if testbed.notice:
            say(testbed.notice)
        prefix, variables = ([], {}) if options.no_names else _named(testbed)
        return _watched(testbed, [*prefix, *command], {**os.environ, **testbed.env, **variables})


def _named(testbed: Testbed) -> tuple[list[str], dict[str, str]]:
    """Return the words before a command, and the variables, that have component names resolve for it."""
    from cxmock.net import private_hosts
    from cxmock.net.names import hosts_file, nss_wrapper

    file = testbed.folder / "hosts"
    file.write_text(hosts_file(testbed.names), "utf-8", "surrogateescape")
    file.chmod(0o644)
    mounting = [sys.executable, "-I", "-S", str(Path(private_hosts.__file__)), str(file)]
    if subprocess.run([*mounting, "true"], check=False, capture_output=True).returncode == 0:
        return mounting, {}
    if (library := nss_wrapper()) is not None:
        preload = " ".join(filter(None, (library, os.environ.get("LD_PRELOAD"))))
        return [], {"LD_PRELOAD": preload, "NSS_WRAPPER_HOSTS": str(file)}
    say(
        "Component names (gws, nexus, ...) do not resolve for the command: this system forbids a hosts file of its "
        "own, and libnss_wrapper is not installed. The variables (CX_GWS_URL, ...) have addresses."
    )
    return [], {}


def _watched(testbed: Testbed, command: list[str], variables: Mapping[str, str]) -> int:
    """Run a command until it ends, or the testbed cannot go on."""
    process = subprocess.Popen(command, env=variables)

    def wait() -> None:
        process.wait()
        testbed.interrupt()

    waiting = threading.Thread(target=wait, name="cxmock-run", daemon=True)
    with _passing_signals(process):
        waiting.start()
        try:
            with suppress(KeyboardInterrupt):
                testbed.watch()
        finally:
            _end(process)
            waiting.join()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


@contextmanager
def _passing_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave Ctrl-C to the command, which a terminal tells as well as us; pass on what asks us to end."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    handlers = {signal.SIGINT: lambda number, frame: None, signal.SIGTERM: pass_on, signal.SIGHUP: pass_on}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
