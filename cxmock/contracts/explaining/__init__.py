"""Explanations: what arrived, the nearest promises, how it differs from them, why that matters, how to fix it."""

from cxmock.contracts.explaining.explanation import Explanation, Near
from cxmock.contracts.explaining.nearness import nearest
from cxmock.contracts.explaining.wording import explain, out_of_order

__all__ = ["Explanation", "Near", "explain", "nearest", "out_of_order"]
