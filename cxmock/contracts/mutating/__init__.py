"""Mutants: what providers answer and consumers ask, with one fault each; generated from what was really said.

A check must be able to fail: verification has to notice a provider's fault, conformance a consumer's. A mutant that
slips through shows a weak promise, or a fault on which nobody relies.
"""

from cxmock.contracts.mutating.answers import of_provider
from cxmock.contracts.mutating.calls import of_consumer
from cxmock.contracts.mutating.mutant import Answer, ConsumerMutant, Kind, Mutant, ProviderMutant, Recorded
from cxmock.contracts.mutating.outcomes import is_error, outcome
from cxmock.contracts.mutating.said import Promised

__all__ = [
    "Answer",
    "ConsumerMutant",
    "Kind",
    "Mutant",
    "Promised",
    "ProviderMutant",
    "Recorded",
    "is_error",
    "of_consumer",
    "of_provider",
    "outcome",
]
