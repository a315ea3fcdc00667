"""Coverage: of every promise there is, who uses it, and who has been seen to keep it."""

from __future__ import annotations

from cxmock.contracts.coverage.column import Column
from cxmock.contracts.coverage.coverage import Coverage, Share, cover
from cxmock.contracts.coverage.fact import Fact, Facts, digest_of

__all__ = ["Column", "Coverage", "Fact", "Facts", "Share", "cover", "digest_of"]
