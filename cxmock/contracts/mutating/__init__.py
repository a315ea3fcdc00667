"""Mutants: what a provider answers, with one fault; generated, so that every check can be seen to fail.

A mutant that verification does not notice shows a weak promise, or a fault nobody relies on.
"""

from cxmock.contracts.mutating.answers import mutants_of
from cxmock.contracts.mutating.mutant import Answer, Kind, Mutant, Seen
from cxmock.contracts.mutating.outcomes import is_error, outcome
from cxmock.contracts.mutating.said import Promised

__all__ = ["Answer", "Kind", "Mutant", "Promised", "Seen", "is_error", "mutants_of", "outcome"]
