"""Contracts held against a testbed's store."""

from __future__ import annotations

from cxmock.contracts.library import load
from cxmock.testbed import Testbed
from cxmock.testbed.verifying import TestbedVerifier


def broken_promises(testbed: Testbed, *rows: int) -> dict[str, list[str]]:
    """Return the promises that are not kept, each with why; all of the rows' were tried."""
    testbed.reset()
    verifier = TestbedVerifier(testbed)
    try:
        results = verifier.verify(list(rows))
    finally:
        verifier.close()
    assert [one.promised for one in results] == [len(load(number).interactions) for number in rows]
    return {
        verdict.interaction.description: [str(one) for one in verdict.mismatches]
        for result in results
        for verdict in result.verdicts
        if not verdict.kept
    }
