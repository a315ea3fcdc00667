"""What is to be verified is cut up, taken from both ends, and comes together in the file's order."""

from __future__ import annotations

from collections.abc import Callable

from cxmock.contracts.chosen import Chosen, choose
from cxmock.contracts.verdicts import Mismatch, Verdict
from cxmock.testbed.shares import Shares


def verdicts(share: Chosen, *, answered: bool = True) -> list[Verdict]:
    """Return that every promise of a share is kept, or that nobody answered."""
    why = () if answered else (Mismatch("call", "", "no whole answer within 5 s."),)
    return [Verdict(share.number, one, "nexus", answered, why, 0.1) for one in share.interactions]


def taken(take: Callable[[], Chosen | None]) -> list[tuple[int, int, int]]:
    """Take all that waits: connection, first place and number of promises of each share."""
    found = []
    while share := take():
        found.append((share.number, share.places[0], len(share.places)))
    return found


def test_shares_lie_in_one_row_and_in_its_order() -> None:
    assert taken(Shares(choose([3, 12]), 8).first) == [(3, 0, 8), (3, 8, 1), (12, 0, 8), (12, 8, 8), (12, 16, 1)]
    assert taken(Shares(choose([3, 12])).first) == [(3, 0, 9), (12, 0, 17)]


def test_who_takes_from_the_end_begins_with_what_others_come_to_last() -> None:
    assert taken(Shares(choose([3, 12]), 12).last) == [(12, 12, 5), (12, 0, 12), (3, 0, 9)]


def test_whatever_came_first_the_results_are_in_order() -> None:
    shares = Shares(choose([3, 12], only="a"), 5)
    expected = [list(one.interactions) for one in choose([3, 12], only="a")]
    while share := shares.last():
        shares.done(share, verdicts(share), 0.5)
        if share := shares.first():
            shares.done(share, verdicts(share), 0.25)

    results = shares.results()
    assert [one.number for one in results] == [3, 12]
    assert [[verdict.interaction for verdict in one.verdicts] for one in results] == expected
    assert [one.promised for one in results] == [len(one) for one in expected] and all(one.good for one in results)
    assert sum(one.seconds for one in results) > 1


def test_what_was_not_verified_is_next_for_whom_it_was_done() -> None:
    shares = Shares(choose([3]), 4)
    last = shares.last()
    assert last is not None
    shares.give_back(last)

    assert shares.first() == last


def test_of_a_row_that_cannot_be_verified_nothing_is_left() -> None:
    shares = Shares(choose([3, 12]), 5)
    while share := shares.first():
        if share.number == 3:
            shares.drop(3)
        else:
            shares.done(share, verdicts(share), 0.1)

    assert [one.number for one in shares.results()] == [12]


def test_a_provider_that_hangs_is_not_asked_again_for_every_share() -> None:
    shares = Shares(choose([3, 12]), 5)
    share = shares.first()
    while share is not None and share.number == 3:
        shares.done(share, verdicts(share), 0.1)
        share = shares.first()
    assert share is not None
    shares.done(share, verdicts(share, answered=False), 5)

    assert taken(shares.first) == [(12, 5, 12)]
