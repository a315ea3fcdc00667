"""Finds the promises that a request may be about: by method and by the shape of the path, however many there are."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from urllib.parse import unquote

from cxmock.contracts.matching.patience import Pattern
from cxmock.contracts.model import HttpInteraction
from cxmock.contracts.state_values import pattern

_CLASS = re.compile(r"\[(?:\\.|[^\]\\])+\]")
_ESCAPED = re.compile(r"\\[^\w\s]")
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")


class Finder:
    """The HTTP interactions of one contract, by method and path.

    A path that is promised word for word is looked up; one that is promised by a rule is looked up by a segment that
    every path which fits must have. So a request meets few of a thousand promises.

    >>> from cxmock.contracts.model import HttpRequest, HttpResponse
    >>> promise = HttpInteraction("a job", HttpRequest("GET", "/jobs/nightly"), HttpResponse())
    >>> finder = Finder([promise])
    >>> [one.description for one in finder.candidates("GET", "/jobs/nightly")], finder.candidates("GET", "/jobs")
    (['a job'], [])
    >>> [one.description for one in finder.nearest("GET", "/job/nightly")]
    ['a job']
    """

    def __init__(self, interactions: Sequence[HttpInteraction]) -> None:
        self._all = interactions
        self._exact: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_segment: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._any: dict[str, list[int]] = defaultdict(list)
        self._patterns: dict[int, list[Pattern]] = {}
        written = [_patterns(one) for one in interactions]
        shapes = [[segment for text in texts or () for segment in _segments(text)] for texts in written]
        common = Counter(segment for shape in shapes for segment in shape)
        for place, (one, texts, shape) in enumerate(zip(interactions, written, shapes, strict=True)):
            method = one.request.method.upper()
            if texts is None:
                for path in {one.request.path, unquote(one.request.path)}:
                    self._exact[method, path].append(place)
                continue
            self._patterns[place] = list(_compiled(texts))
            if shape:
                self._by_segment[method, min(shape, key=lambda segment: common[segment])].append(place)
            else:
                self._any[method].append(place)

    def candidates(self, method: str, path: str) -> list[HttpInteraction]:
        """Return, in the contract's order, what a request with this method and decoded path may be about."""
        return [self._all[place] for place in self.places(method, path)]

    def places(self, method: str, path: str) -> list[int]:
        """Return the places of the :meth:`candidates`."""
        method = method.upper()
        ruled = set(self._any.get(method, ()))
        if self._by_segment:
            for segment in path.split("/"):
                ruled.update(self._by_segment.get((method, segment), ()))
        found = [place for place in ruled if all(one(path) or one.gave_up for one in self._patterns[place])]
        return sorted([*found, *self._exact.get((method, path), ())])

    def nearest(self, method: str, path: str, count: int = 3) -> list[HttpInteraction]:
        """Return the interactions whose method and path are the most alike, the nearest first."""
        known: dict[str, HttpInteraction] = {}
        for one in self._all:
            known.setdefault(f"{one.request.method.upper()} {unquote(one.request.path)}", one)
        close = get_close_matches(f"{method.upper()} {path}", known, n=count, cutoff=0.5)
        return [known[text] for text in close]


def _patterns(interaction: HttpInteraction) -> list[str] | None:
    """Return the regular expressions that a path has to fit; None where it is promised word for word."""
    request = interaction.request
    if (rule := request.matching_rules.path) is not None:
        regexes = [str(matcher["regex"]) for matcher in rule.matchers if "regex" in matcher]
        return regexes if rule.combine == "AND" or len(rule.matchers) == 1 else []
    if (generator := request.generators.path) is not None:
        return [f"^{pattern(str(generator['expression']))}$"] if "expression" in generator else []
    return None


def _compiled(texts: Iterable[str]) -> Iterator[Pattern]:
    for text in texts:
        # Python does not know every pattern that Pact's engine knows.
        with suppress(re.error, OverflowError, RecursionError):
            yield Pattern(text, "search")


def _segments(pattern: str) -> list[str]:
    r"""Return the segments that stand word for word in a pattern of paths, between slashes or at its end.

    >>> _segments(r"^(?:/users/\d+/orders)$"), _segments(r"^\/jobs\/[^/a/]+"), _segments("/a|/b"), _segments("/a/?b/c/")
    (['users', 'orders'], ['jobs'], [], ['c'])
    """
    if pattern.startswith("^(?:") and pattern.endswith(")$"):
        pattern = f"^{pattern[4:-2]}$"
    pattern = _CLASS.sub("[.]", pattern.replace(r"\/", "/"))
    if any(sign in pattern for sign in ("|", "(", ")", "[]", "[^]")):
        return []
    parts = pattern.removesuffix("$").split("/")
    following = [*parts[1:], "" if pattern.endswith("$") else "?"]
    return [
        re.sub(r"\\(.)", r"\1", part)
        for part, after in zip(parts[1:], following[1:], strict=True)
        if part and not _META.search(_ESCAPED.sub("", part)) and not after.startswith(("?", "*", "{"))
    ]
