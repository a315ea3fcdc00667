"""What is said about conformance: recordings, journals, rules, and consumers that do what nobody promised."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, PromiseBroken, nearest

RECORD = "cxmock up --record FILE"


class RuleUnreadable(CxmockError):
    """A rule of a contract cannot be used.

    >>> print(RuleUnreadable("gws.json", "a token", "$.id", 'there is no matcher "integr"', 'Did you mean "integer"?'))
    gws.json: "a token" has a rule at $.id that cannot be read: there is no matcher "integr".
      expected: Rules of the Pact specification, version 4. Did you mean "integer"?
      why:      Without it nothing can be held against this promise.
      fix:      Correct the rule.
    """

    def __init__(self, file: str, description: str, place: str, reason: str, hint: str) -> None:
        where = f"has a rule at {place} that" if place else "has a rule or an example that"
        super().__init__(
            f'{file}: "{description}" {where} cannot be read: {reason.rstrip(".")}.',
            expected=f"Rules of the Pact specification, version 4. {hint}".strip(),
            why="Without it nothing can be held against this promise.",
            fix="Correct the rule." if place else "Correct the rule or the example.",
        )


class PredecessorUnknown(CxmockError):
    """A promise is to come after one that its contract does not have.

    >>> print(PredecessorUnknown("ocs.json", "dialing begins", "a campaign is loded", ["a campaign is loaded"]))
    ocs.json: "dialing begins" is to come after "a campaign is loded", which is no interaction of it.
      expected: Did you mean "a campaign is loaded"?
      fix:      Correct comments.cxmock.after of the interaction.
    """

    def __init__(self, file: str, description: str, before: str, known: list[str]) -> None:
        super().__init__(
            f'{file}: "{description}" is to come after "{before}", which is no interaction of it.',
            expected=nearest(before, known),
            fix="Correct comments.cxmock.after of the interaction.",
        )


class ExchangesDropped(CxmockError):
    """Exchanges are missing, so that nothing can be said about the whole.

    >>> print(ExchangesDropped(12))
    12 exchanges were seen but not kept.
      expected: All of them: what is missing may be what nobody promised.
      why:      A journal keeps the latest exchanges only; it was too small for what happened.
      fix:      Record to a file (cxmock up --record FILE), or give the testbed a larger journal (Options.journal).
    """

    def __init__(self, dropped: int) -> None:
        super().__init__(
            f"{dropped} exchange{' was' if dropped == 1 else 's were'} seen but not kept.",
            expected="All of them: what is missing may be what nobody promised.",
            why="A journal keeps the latest exchanges only; it was too small for what happened.",
            fix=f"Record to a file ({RECORD}), or give the testbed a larger journal (Options.journal).",
        )


class NothingExchanged(CxmockError):
    """There is nothing to hold against the contracts.

    >>> print(NothingExchanged([5, 11], "run.jsonl"))
    run.jsonl has no exchange of connections 5, 11.
      expected: At least one: nothing checked is not the same as nothing wrong.
      fix:      Let the service under test do its work while it is recorded, or choose other connections.
    """

    def __init__(self, numbers: Sequence[int], where: str) -> None:
        rows = ", ".join(map(str, numbers))
        super().__init__(
            f"{where} has no exchange of connection{'' if len(numbers) == 1 else 's'} {rows}.",
            expected="At least one: nothing checked is not the same as nothing wrong.",
            fix="Let the service under test do its work while it is recorded, or choose other connections.",
        )


class NothingChecked(CxmockError):
    """Something happened on a connection, but none of it could be held against the contract.

    >>> print(NothingChecked(2, 3, "only its size and time are known"))
    None of the 3 exchanges of connection 2 could be checked: only its size and time are known.
      expected: At least one that is known: nothing checked is not the same as nothing wrong.
      why:      What is encrypted towards somebody else's server passes unread.
      fix:      Let the testbed's own part end the encryption, or do not ask for conformance on this connection.
    """

    def __init__(self, number: int, count: int, reason: str) -> None:
        what = "The one exchange" if count == 1 else f"None of the {count} exchanges"
        super().__init__(
            f"{what} of connection {number} could {'not ' if count == 1 else ''}be checked: {reason.rstrip('.')}.",
            expected="At least one that is known: nothing checked is not the same as nothing wrong.",
            why="What is encrypted towards somebody else's server passes unread.",
            fix="Let the testbed's own part end the encryption, or do not ask for conformance on this connection.",
        )


class RecordingMissing(CxmockError):
    """There is no such recording.

    >>> print(RecordingMissing("run.jsonl"))
    There is no recording run.jsonl.
      expected: A file that cxmock up --record FILE wrote.
      fix:      Check the name, or record one.
    """

    def __init__(self, file: str) -> None:
        super().__init__(
            f"There is no recording {file}.",
            expected=f"A file that {RECORD} wrote.",
            fix="Check the name, or record one.",
        )


class RecordingUnusable(CxmockError):
    """A recording cannot be written to, or read from, a place.

    >>> print(RecordingUnusable("/nowhere/run.jsonl", "No such file or directory"))
    /nowhere/run.jsonl cannot be used as a recording: No such file or directory.
      expected: A file on a disk: its first line is written again at the end.
      fix:      Name another file.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be used as a recording: {reason.rstrip('.')}.",
            expected="A file on a disk: its first line is written again at the end.",
            fix="Name another file.",
        )


class RecordingMalformed(CxmockError):
    """A line of a recording is not what it should be.

    >>> print(RecordingMalformed("run.jsonl", 7, "it is no JSON"))
    run.jsonl, line 7: it is no JSON.
      expected: A header, then one exchange a line, as JSON.
      fix:      Record it again; a recording is not made to be edited.
    """

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(
            f"{file}, line {line}: {reason.rstrip('.')}.",
            expected="A header, then one exchange a line, as JSON.",
            fix="Record it again; a recording is not made to be edited.",
        )


class RecordingVersionUnknown(CxmockError):
    """A recording was written by another version of cxmock.

    >>> print(RecordingVersionUnknown("run.jsonl", 2, 1))
    run.jsonl is a recording of version 2.
      expected: Version 1.
      fix:      Read it with the cxmock that wrote it, or record it again.
    """

    def __init__(self, file: str, version: object, known: int) -> None:
        super().__init__(
            f"{file} is a recording of version {version}.",
            expected=f"Version {known}.",
            fix="Read it with the cxmock that wrote it, or record it again.",
        )


class RecordingCutOff(CxmockError):
    """A recording ends before its end.

    >>> print(RecordingCutOff("run.jsonl", "it ends in the middle of line 3"))
    run.jsonl is not whole: it ends in the middle of line 3.
      expected: A recording that was finished: as many exchanges as its first line says.
      why:      What is missing may be what nobody promised.
      fix:      Stop the testbed with Ctrl-C or SIGTERM, which finishes its recording; then copy the whole file.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} is not whole: {reason.rstrip('.')}.",
            expected="A recording that was finished: as many exchanges as its first line says.",
            why="What is missing may be what nobody promised.",
            fix="Stop the testbed with Ctrl-C or SIGTERM, which finishes its recording; then copy the whole file.",
        )


class NotPromised(PromiseBroken):
    """A consumer does something that its contract does not promise an answer to.

    >>> print(NotPromised("GET /x is not promised on connection 11.", ['"a token": path: is "/x"'], "Why.", "Do."))
    GET /x is not promised on connection 11.
      expected: One of these, the nearest first:
                "a token": path: is "/x"
      why:      Why.
      fix:      Do.
    """

    def __init__(self, what: str, nearest_promises: Sequence[str], why: str, fix: str) -> None:
        near = "\n".join(nearest_promises)
        super().__init__(
            what,
            expected=f"One of these, the nearest first:\n{near}" if near else "A promise about it: there is none near.",
            why=why,
            fix=fix,
        )


class DoesNotConform(PromiseBroken):
    """What a consumer did on a connection is not what its contract promises.

    >>> print(DoesNotConform(11, "contact", 3, 40, ["GET /x is not promised."]))
    contact does not conform on connection 11: 3 of 40 exchanges.
      expected: Only what the contract promises. Instead:
                GET /x is not promised.
                and 2 more
      fix:      Correct what is sent, or add what is missing to the contract where the provider really answers it.
    """

    def __init__(self, number: int, consumer: str, wrong: int, all_: int, explanations: Sequence[str]) -> None:
        told = list(explanations)
        if wrong > len(told):
            told.append(f"and {wrong - len(told)} more")
        super().__init__(
            f"{consumer} does not conform on connection {number}: {wrong} of {all_} exchanges.",
            expected="Only what the contract promises. Instead:\n" + "\n".join(told),
            fix="Correct what is sent, or add what is missing to the contract where the provider really answers it.",
        )
