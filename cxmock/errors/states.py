"""What is said about provider states."""

from __future__ import annotations

from cxmock.errors.base import CxmockError, nearest


class UnknownState(CxmockError):
    """A contract names a provider state that the provider does not know.

    >>> print(UnknownState("client is knwon", "Gws", ["client is known"]))
    Gws does not know the provider state "client is knwon".
      expected: Did you mean "client is known"?
      why:      Without its state an interaction would be checked against the wrong situation.
      fix:      Correct the name in the contract, or add a method decorated with @states("client is knwon").
    """

    def __init__(self, template: str, owner: str, known: list[str]) -> None:
        super().__init__(
            f'{owner} does not know the provider state "{template}".',
            expected=nearest(template, known) if known else "It knows none.",
            why="Without its state an interaction would be checked against the wrong situation.",
            fix=f'Correct the name in the contract, or add a method decorated with @states("{template}").',
        )
        self.template = template
