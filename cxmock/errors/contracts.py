"""What is said about contracts: their files, their authoring, and promises that are not kept."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, PromiseBroken, nearest


class ContractMissing(CxmockError):
    """A contract's file is not there.

    >>> print(ContractMissing("contracts/11-contact-gws.json"))
    There is no contract contracts/11-contact-gws.json.
      expected: A Pact file, one per connection.
      fix:      Name another folder, or write the files again: python -m cxmock.contracts.authoring
    """

    def __init__(self, file: str) -> None:
        super().__init__(
            f"There is no contract {file}.",
            expected="A Pact file, one per connection.",
            fix="Name another folder, or write the files again: python -m cxmock.contracts.authoring",
        )


class ContractMalformed(CxmockError):
    """A contract's file cannot be read as a Pact.

    >>> print(ContractMalformed("gws.json", "line 7, column 3", "the file ends in the middle of a value"))
    gws.json cannot be read: the file ends in the middle of a value.
      expected: A Pact file (JSON, specification 4). Look at line 7, column 3.
      fix:      Mend it there, or have it written again by what made it.
    """

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be read: {reason.rstrip('.')}.",
            expected="A Pact file (JSON, specification 4)." + (f" Look at {place}." if place else ""),
            fix="Mend it there, or have it written again by what made it.",
        )
        self.place = place


class ContractTooLarge(CxmockError):
    """A contract's file is over the limit.

    >>> print(ContractTooLarge("gws.json", 52_428_800, 16_777_216))
    gws.json is 50.0 MiB long; at most 16.0 MiB are read.
      expected: A file within the limit: contracts are read whole, into memory.
      fix:      Split it by provider or subject, and keep large bodies out of it.
    """

    def __init__(self, file: str, size: int, limit: int) -> None:
        super().__init__(
            f"{file} is {size / 2**20:.1f} MiB long; at most {limit / 2**20:.1f} MiB are read.",
            expected="A file within the limit: contracts are read whole, into memory.",
            fix="Split it by provider or subject, and keep large bodies out of it.",
        )


class UnknownPactVersion(CxmockError):
    """A Pact file follows a specification that is not read here.

    >>> print(UnknownPactVersion("gws.json", "5.0"))
    gws.json follows version 5.0 of the Pact specification.
      expected: Version 1, 2, 3 or 4 (metadata.pactSpecification.version).
      fix:      Write it again with a tool that writes version 4.
    """

    def __init__(self, file: str, version: str) -> None:
        named = f"follows version {version} of the Pact specification" if version else "does not say its Pact version"
        super().__init__(
            f"{file} {named}.",
            expected="Version 1, 2, 3 or 4 (metadata.pactSpecification.version).",
            fix="Write it again with a tool that writes version 4.",
        )


class DuplicateInteraction(CxmockError):
    """Two interactions of a contract have the same description, or the same key.

    >>> print(DuplicateInteraction("gws.json", "description", "a token"))
    gws.json has two interactions with the description "a token".
      expected: One: it is the interaction's identity.
      why:      Pact tools silently let the later one replace the first, and a promise is lost.
      fix:      Say in the description what sets them apart.
    """

    def __init__(self, file: str, what: str, text: str) -> None:
        super().__init__(
            f'{file} has two interactions with the {what} "{text}".',
            expected="One: it is the interaction's identity.",
            why="Pact tools silently let the later one replace the first, and a promise is lost.",
            fix="Say in the description what sets them apart."
            if what == "description"
            else "Leave the keys out: they are made from the descriptions.",
        )


class UnknownTransport(CxmockError):
    """An interaction is to be verified over a transport that its connection does not have.

    >>> print(UnknownTransport("05.json", "HGET", "reddis", ["redis"]))
    05.json: "HGET" goes over the transport "reddis".
      expected: Did you mean "redis"?
      why:      Pact's verifier would send it to the provider's HTTP port instead, and might call the answer good.
      fix:      Correct the interaction's "transport".
    """

    def __init__(self, file: str, description: str, transport: str, known: list[str]) -> None:
        super().__init__(
            f'{file}: "{description}" goes over the transport "{transport}".',
            expected=nearest(transport, known),
            why="Pact's verifier would send it to the provider's HTTP port instead, and might call the answer good.",
            fix='Correct the interaction\'s "transport".',
        )


class NoEvidence(CxmockError):
    """An authored promise does not say how it is known.

    >>> print(NoEvidence("a token", "X", ""))
    "a token" has no evidence: grade "X", source "".
      expected: A grade (D documented, O observed, A assumed) and its source.
      why:      A promise is worth what is known about it; the reports count the grades.
      fix:      Use documented("..."), observed("...") or assumed("...").
    """

    def __init__(self, description: str, grade: str, source: str) -> None:
        super().__init__(
            f'"{description}" has no evidence: grade "{grade}", source "{source}".',
            expected="A grade (D documented, O observed, A assumed) and its source.",
            why="A promise is worth what is known about it; the reports count the grades.",
            fix='Use documented("..."), observed("...") or assumed("...").',
        )


class NotExpressible(CxmockError):
    """A Pact file has no way to say what was authored.

    >>> print(NotExpressible("a queue", "$.items", "each_like needs at least one example", "Use min=1."))
    "a queue" cannot be written as a Pact, at $.items: each_like needs at least one example.
      expected: What Pact's engine can check.
      fix:      Use min=1.
    """

    def __init__(self, description: str, place: str, reason: str, fix: str) -> None:
        super().__init__(
            f'"{description}" cannot be written as a Pact, at {place}: {reason.rstrip(".")}.',
            expected="What Pact's engine can check.",
            fix=fix,
        )


class ContractsDiffer(CxmockError):
    """The contract files are not what their authoring gives.

    >>> print(ContractsDiffer(["11-contact-gws.json is outdated"]))
    1 contract file is not as authored: 11-contact-gws.json is outdated.
      expected: Files that are regenerated whenever cxmock/contracts/authoring changes.
      fix:      python -m cxmock.contracts.authoring
    """

    def __init__(self, differences: Sequence[str]) -> None:
        many = len(differences) != 1
        super().__init__(
            f"{len(differences)} contract file{'s are' if many else ' is'} not as authored: {', '.join(differences)}.",
            expected="Files that are regenerated whenever cxmock/contracts/authoring changes.",
            fix="python -m cxmock.contracts.authoring",
        )
        self.differences = tuple(differences)


class EngineDied(CxmockError):
    """Pact's verifier, which runs in a process of its own, ended.

    >>> print(EngineDied("exit status 1", ["ImportError: libpact_ffi.so"]))
    Pact's verifier ended unexpectedly: exit status 1.
      expected: It runs until it is closed. The last it said:
                ImportError: libpact_ffi.so
      fix:      Check that pact-python works here: python -c "from pact import Verifier"
    """

    def __init__(self, end: str, last: Sequence[str]) -> None:
        said = "\n".join(last) or "nothing."
        super().__init__(
            f"Pact's verifier ended unexpectedly: {end}.",
            expected=f"It runs until it is closed. The last it said:\n{said}",
            fix='Check that pact-python works here: python -c "from pact import Verifier"',
        )


class EngineSilent(CxmockError, TimeoutError):
    """Pact's verifier did not come to a verdict in time, and was ended.

    >>> print(EngineSilent("an expired token", 20))
    Pact's verifier came to no verdict on "an expired token" within 20 s and was ended.
      expected: A verdict: every request of the verifier has a time limit of its own.
      fix:      Run it again; the verifier is started anew. If it happens again, look at what the provider sends.
    """

    def __init__(self, description: str, within: float) -> None:
        super().__init__(
            f"Pact's verifier came to no verdict on {_quoted(description)} within {within:g} s and was ended.",
            expected="A verdict: every request of the verifier has a time limit of its own.",
            fix="Run it again; the verifier is started anew. If it happens again, look at what the provider sends.",
        )


class NothingVerified(CxmockError):
    """The number of interactions verified is not that of the file.

    >>> print(NothingVerified("gws.json", 0, 5))
    gws.json: 0 of 5 interactions were verified.
      expected: Every one of them.
      why:      Pact calls a run without interactions a success; nothing would have been checked.
      fix:      Check that the file has interactions and that nothing filters them out.
    """

    def __init__(self, file: str, verified: int, promised: int) -> None:
        super().__init__(
            f"{file}: {verified} of {promised} interactions were verified.",
            expected="Every one of them.",
            why="Pact calls a run without interactions a success; nothing would have been checked.",
            fix="Check that the file has interactions and that nothing filters them out.",
        )


class ContractEmpty(CxmockError):
    """A contract has no interactions.

    >>> print(ContractEmpty("gws.json"))
    gws.json has no interactions.
      expected: At least one: nothing checked is not the same as nothing wrong.
      fix:      Write what is promised into it, or leave the file out.
    """

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} has no interactions.",
            expected="At least one: nothing checked is not the same as nothing wrong.",
            fix="Write what is promised into it, or leave the file out.",
        )


class StateRefused(CxmockError):
    """A provider refuses what would bring about a provider state.

    >>> print(StateRefused("CX Contact", "PUT /cx-contact/v3/files/import/leads.csv", "HTTP 503: the share is full"))
    CX Contact refused PUT /cx-contact/v3/files/import/leads.csv: HTTP 503: the share is full
      expected: That it is done: the interaction's provider state depends on it.
      fix:      See what the provider says; the state may need another one before it.
    """

    def __init__(self, provider: str, operation: str, said: str) -> None:
        super().__init__(
            f"{provider} refused {operation}: {said}",
            expected="That it is done: the interaction's provider state depends on it.",
            fix="See what the provider says; the state may need another one before it.",
        )


class NoTarget(CxmockError):
    """It is not said where the provider of an interaction is.

    >>> print(NoTarget(4, "campaign-manager", ["list-builder"]))
    Connection 4: it is not known where campaign-manager is.
      expected: An address for it. Known: list-builder.
      fix:      Give its URL among the verifier's targets.
    """

    def __init__(self, number: int, wanted: str, known: Sequence[str]) -> None:
        super().__init__(
            f"Connection {number}: it is not known where {wanted} is.",
            expected=f"An address for it. Known: {', '.join(known) or 'none'}.",
            fix="Give its URL among the verifier's targets.",
        )


class TargetUnusable(CxmockError):
    """A provider's address is none that HTTP can be spoken to.

    >>> print(TargetUnusable(11, "127.0.0.1:8443"))
    Connection 11: 127.0.0.1:8443 is not an http:// or https:// address.
      expected: One like https://127.13.0.9 or http://localhost:8080/prefix
      fix:      Correct it among the verifier's targets.
    """

    def __init__(self, number: int, url: str) -> None:
        super().__init__(
            f"Connection {number}: {url} is not an http:// or https:// address.",
            expected="One like https://127.13.0.9 or http://localhost:8080/prefix",
            fix="Correct it among the verifier's targets.",
        )


class CannotPerform(CxmockError):
    """A message interaction's request is not an operation of its transport.

    >>> print(CannotPerform("argv", {"argc": 1}, {"argv": ["PING"]}))
    This operation has no "argv": {'argc': 1}
      expected: One like {'argv': ['PING']}
      fix:      Correct the request of the interaction.
    """

    def __init__(self, needed: str, operation: dict[str, object], example: dict[str, object]) -> None:
        super().__init__(
            f'This operation has no "{needed}": {str(operation)[:200]}',
            expected=f"One like {example}",
            fix="Correct the request of the interaction.",
        )


class NoStateValue(CxmockError):
    """An interaction wants a value that its provider state does not give.

    >>> print(NoStateValue("token", "Bearer ${token}", ["tokn"]))
    The provider state gives no value "token" for "Bearer ${token}".
      expected: Did you mean "tokn"?
      fix:      Return it from the method that brings about the state, or correct the expression.
    """

    def __init__(self, name: str, expression: str, given: list[str]) -> None:
        super().__init__(
            f'The provider state gives no value "{name}" for "{expression}".',
            expected=nearest(name, given) if given else "One of the values that it gives: there is none.",
            fix="Return it from the method that brings about the state, or correct the expression.",
        )


class NotKept(PromiseBroken):
    """A provider does not keep a promise.

    >>> print(NotKept(11, "a token", "GWS", ["body $.expires_in: Expected 'x' (String) to be an integer"]))
    GWS does not keep a promise of connection 11: "a token".
      expected: What the contract says. Instead:
                body $.expires_in: Expected 'x' (String) to be an integer
      fix:      Correct the provider, or the contract where the provider is right.
    """

    def __init__(self, number: int, description: str, provider: str, differences: Sequence[str]) -> None:
        instead = "\n".join(differences) or "no explanation."
        super().__init__(
            f"{provider} does not keep a promise of connection {number}: {_quoted(description)}.",
            expected=f"What the contract says. Instead:\n{instead}",
            fix="Correct the provider, or the contract where the provider is right.",
        )


def _quoted(text: str) -> str:
    return f'"{text}"'
