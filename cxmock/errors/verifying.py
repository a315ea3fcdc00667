"""What is said when a provider of the user's own is to be verified: targets, states, files, output."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest
from cxmock.errors.states import UnknownState


class NotATarget(CxmockError):
    """What follows ``--target`` says no target.

    >>> print(NotATarget("8", "it has no URL", "8=http://localhost:9000"))
    "8" is no target: it has no URL.
      expected: N=URL or N:COMPONENT=URL, like 8=http://localhost:9000
      fix:      Correct it; cxmock connections prints the numbers and who listens there.
    """

    def __init__(self, text: str, reason: str, example: str) -> None:
        shown = re.sub(r"//[^/@]*@", "//...@", text)  # a password does not belong into the log of a CI job
        super().__init__(
            f'"{shown}" is no target: {reason}.',
            expected=f"N=URL or N:COMPONENT=URL, like {example}",
            fix="Correct it; cxmock connections prints the numbers and who listens there.",
        )


class TargetNotMeant(CxmockError):
    """A target is given for a connection that is not to be verified.

    >>> print(TargetNotMeant(8, [5, 11]))
    Connection 8 has a target, and is not among those to be verified: 5, 11.
      expected: Targets for these alone, since nobody would ask another one.
      fix:      Name 8, too, or leave its target out. Without any number, all that have targets are meant.
    """

    def __init__(self, number: int, rows: Sequence[int]) -> None:
        super().__init__(
            f"Connection {number} has a target, and is not among those to be verified: {', '.join(map(str, rows))}.",
            expected="Targets for these alone, since nobody would ask another one.",
            fix=f"Name {number}, too, or leave its target out. Without any number, all that have targets are meant.",
        )


class TargetNotReady(CxmockError):
    """A target cannot be spoken to at all: it refuses, or its certificate is not trusted.

    >>> print(TargetNotReady(8, "http://localhost:9000 cannot be reached: Connection refused.", 19))
    Connection 8: http://localhost:9000 cannot be reached: Connection refused.
      expected: A provider that accepts connections there.
      why:      None of the 19 promises could be tried.
      fix:      Start your service first, or correct its URL.
    """

    def __init__(self, number: int, reason: str, promised: int, *, certificate: bool = False) -> None:
        super().__init__(
            f"Connection {number}: {reason}",
            expected="A certificate that is trusted, for the host in the URL."
            if certificate
            else "A provider that accepts connections there.",
            why=f"None of the {promised} promise{'' if promised == 1 else 's'} could be tried.",
            fix="Name the file of the CA that signs it (--ca FILE), or correct the host in the URL."
            if certificate
            else "Start your service first, or correct its URL.",
        )


class EngineRefused(CxmockError):
    """Pact's verifier cannot use an interaction.

    >>> print(EngineRefused("gws.json", "a token", ['Could not parse matcher JSON Object {"match": "integr"}']))
    gws.json: Pact's verifier cannot use "a token".
      expected: An interaction as the specification has it. The verifier says:
                Could not parse matcher JSON Object {"match": "integr"}
      fix:      Correct the interaction; cxmock lint looks for what is wrong.
    """

    def __init__(self, file: str, description: str, said: Sequence[str]) -> None:
        super().__init__(
            f'{file}: Pact\'s verifier cannot use "{description}".',
            expected="An interaction as the specification has it. The verifier says:\n" + "\n".join(said),
            fix="Correct the interaction; cxmock lint looks for what is wrong.",
        )


class PromisesUntried(CxmockError):
    """Promises could not be tried, and none was found broken.

    >>> print(PromisesUntried(2, 3, ["11 a token: http://localhost:9000 gave no whole answer within 5 s."]))
    2 of 3 promises could not be tried.
      expected: An answer to look at, in the state that a promise is about. Instead:
                11 a token: http://localhost:9000 gave no whole answer within 5 s.
                and 1 more
      why:      They are neither kept nor broken: nothing is known about them.
      fix:      See that the provider answers, in the protocol of its connection, and who brings about its states.
    """

    def __init__(self, untried: int, promised: int, reasons: Sequence[str]) -> None:
        told = list(reasons)
        if untried > len(told):
            told.append(f"and {untried - len(told)} more")
        super().__init__(
            f"{untried} of {promised} promises could not be tried."
            if promised > 1
            else "The promise could not be tried.",
            expected="An answer to look at, in the state that a promise is about. Instead:\n" + "\n".join(told),
            why="They are neither kept nor broken: nothing is known about them.",
            fix="See that the provider answers, in the protocol of its connection, and who brings about its states.",
        )


class NobodyArranges(UnknownState):
    """A provider state is needed at somebody's own provider, and nobody there brings it about.

    >>> print(NobodyArranges("client {id} is known", "http://localhost:9000", ["client is known"]))
    Nobody brings about the provider state "client {id} is known" at http://localhost:9000.
      expected: A state that you give (--states, or states=... in a test). Did you mean "client is known"?
      why:      Without its state an interaction would be checked against the wrong situation.
      fix:      Write a function for it, or have your service bring it about at a URL.
    """

    def __init__(self, template: str, at: str, known: Sequence[str]) -> None:
        CxmockError.__init__(
            self,
            f'Nobody brings about the provider state "{template}" at {at}.',
            expected="A state that you give (--states, or states=... in a test)."
            + (f" {nearest(template, list(known))}" if known else ""),
            why="Without its state an interaction would be checked against the wrong situation.",
            fix="Write a function for it, or have your service bring it about at a URL.",
        )
        self.template = template


class StatesUnusable(CxmockError):
    """What is to bring about provider states cannot be used.

    >>> print(StatesUnusable("my_states", "there is no module my_states here"))
    "my_states" gives no provider states: there is no module my_states here.
      expected: A URL; a module with states = States(); module:attribute, functions by their sentences.
      fix:      Correct the name; modules are looked for in the working folder first.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f'"{text}" gives no provider states: {reason.rstrip(".")}.',
            expected="A URL; a module with states = States(); module:attribute, functions by their sentences.",
            fix="Correct the name; modules are looked for in the working folder first.",
        )


class NothingChosen(CxmockError):
    """There is nothing to verify: a folder without contracts, or a choice that fits no promise.

    >>> print(NothingChosen('"tokn" fits no promise of connection 11', ["a token is issued"], "tokn"))
    Nothing to verify: "tokn" fits no promise of connection 11.
      expected: A promise like "a token is issued".
      why:      A run that checks nothing proves nothing; it is no success.
      fix:      Choose something else, or leave the choice out to verify everything.
    """

    def __init__(self, reason: str, known: Sequence[str] = (), word: str = "") -> None:
        super().__init__(
            f"Nothing to verify: {reason}.",
            expected=_like(word, known) if known else "At least one promise.",
            why="A run that checks nothing proves nothing; it is no success.",
            fix="Choose something else, or leave the choice out to verify everything.",
        )


def _like(word: str, known: Sequence[str]) -> str:
    """Name the nearest description, or the first ones when none is near."""
    from difflib import get_close_matches

    if close := get_close_matches(word, known, n=1):
        return f'Did you mean "{close[0]}"?'
    some = ", ".join(f'"{one}"' for one in known[:3])
    return f"A promise like {some}."


class WhichConnection(CxmockError):
    """A contract file does not say which connection it is about.

    >>> print(WhichConnection("pacts/mine-gws.json", "mine", "gws"))
    pacts/mine-gws.json does not say which connection it is about.
      expected: A name like 08-mine-gws.json, or the connection's number beside it.
      fix:      Name the connection: cxmock verify N --contracts pacts/mine-gws.json (cxmock connections lists them).
    """

    def __init__(self, file: str, consumer: str, provider: str) -> None:
        super().__init__(
            f"{file} does not say which connection it is about.",
            expected=f"A name like 08-{consumer}-{provider}.json, or the connection's number beside it.",
            fix=f"Name the connection: cxmock verify N --contracts {file} (cxmock connections lists them).",
        )


class CannotWrite(CxmockError):
    """A report cannot be written where it was asked for.

    >>> print(CannotWrite("out/report.xml", "No such file or directory"))
    out/report.xml cannot be written: No such file or directory.
      expected: A path in a folder that exists and may be written to.
      fix:      Make the folder, or name another file.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be written: {reason}.",
            expected="A path in a folder that exists and may be written to.",
            fix="Make the folder, or name another file.",
        )


class NotACaFile(CxmockError):
    """What is to be trusted is no file of certificates.

    >>> print(NotACaFile("ca.pem", "No such file or directory"))
    ca.pem cannot be trusted: No such file or directory.
      expected: A PEM file with the certificate of the CA that signs the target's.
      fix:      Name that file, or leave --ca out to trust whom the system trusts.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be trusted: {reason}.",
            expected="A PEM file with the certificate of the CA that signs the target's.",
            fix="Name that file, or leave --ca out to trust whom the system trusts.",
        )


class MarkerMisused(CxmockError):
    """A marker of the plugin says something that it has no place for.

    >>> print(MarkerMisused("cx_conforms", "test_mine", "it names no connection", "cx_conforms(11)"))
    @pytest.mark.cx_conforms on test_mine cannot be used: it names no connection.
      expected: cx_conforms(11)
      fix:      Correct the marker.
    """

    def __init__(self, marker: str, test: str, reason: str, example: str) -> None:
        end = "" if reason.endswith(("?", ".")) else "."
        super().__init__(
            f"@pytest.mark.{marker} on {test} cannot be used: {reason}{end}",
            expected=example,
            fix="Correct the marker.",
        )


class FactsUnreadable(CxmockError):
    """A file that is to tell who keeps which promises cannot be read.

    >>> print(FactsUnreadable("lab.json", "No such file or directory"))
    lab.json cannot be read as facts of coverage: No such file or directory.
      expected: A file of "cxmock verify --save FILE", or a recording of "cxmock up --record FILE".
      fix:      Name such a file, or save it again.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be read as facts of coverage: {reason}.",
            expected='A file of "cxmock verify --save FILE", or a recording of "cxmock up --record FILE".',
            fix="Name such a file, or save it again.",
        )
