"""Takes matchers out of examples: what remains is plain JSON, beside the rules and generators that Pact keeps apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cxmock.contracts import places, state_values
from cxmock.contracts.authoring.terms import UNSEEN, Matcher, Term
from cxmock.errors.contracts import NotExpressible

Side = Literal["request", "response", "observed"]
"""Where an example stands: in a request, in an HTTP response, or in what the caller of an operation observes."""

_DATA_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "DECIMAL", str: "STRING"}


@dataclass
class Shaped:
    """The rules and generators of one message, as they are being collected.

    Args:
        described: names it in errors.
        side: where it stands.
        seen: whether it is shaped as journals have it, for those who judge consumers.
    """

    described: str
    side: Side
    seen: bool = False
    rules: dict[str, Any] = field(default_factory=dict)
    generators: dict[str, Any] = field(default_factory=dict)

    def body(self, value: Any) -> Any:
        """Return the plain example of a JSON body; its matchers are filed by JSONPath."""
        return self._walk(value, ())

    def form(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Return the plain fields of a form; their matchers are filed by JSONPath."""
        plain = {}
        for name, value in self._fields(fields):
            self._file("body", value, places.write((name,)), hole=".+")
            plain[name] = str(_example(value))
        return plain

    def named(self, category: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the plain values of headers or a query, as lists; their matchers are filed by name."""
        plain: dict[str, list[str]] = {}
        for name, value in self._fields(values):
            several = value if isinstance(value, list) else [value]
            for one in several:
                self._file(category, one, name, hole=".+")
            plain[name] = [str(_example(one)) for one in several]
        return plain

    def single(self, category: str, value: Any) -> Any:
        """Return the plain example of a path or a status; its matchers are filed for the whole."""
        value = self._here(value)
        self._file(category, value, "", hole="[^/]+")
        return _example(value)

    def into(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return ``message`` with what was collected."""
        if self.rules:
            message["matchingRules"] = self.rules
        if self.generators:
            message["generators"] = self.generators
        return message

    def _here(self, value: Any) -> Any:
        """Return what stands in a place: for journals, or for the provider."""
        while isinstance(value, Term) and value.seen:
            value = value.seen[0] if self.seen else value.example
        return value

    def _fields(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield what there is of an object's fields."""
        for name, value in values.items():
            if (here := self._here(value)) is not UNSEEN:
                yield name, here

    def _walk(self, value: Any, place: places.Place) -> Any:
        value = self._here(value)
        if isinstance(value, Term):
            path = places.write(place)
            self._file("body", value, path, hole=".+")
            if value.repeated:
                return self._walk_repeated(value, place, path)
            if value.variants:
                return self._walk_variants(value, path)
            return self._walk(value.example, place)
        if isinstance(value, Mapping):
            return {key: self._walk(part, (*place, key)) for key, part in self._fields(value)}
        if isinstance(value, (list, tuple)):
            parts = [here for part in value if (here := self._here(part)) is not UNSEEN]
            return [self._walk(part, (*place, index)) for index, part in enumerate(parts)]
        return value

    def _walk_repeated(self, term: Term, place: places.Place, path: str) -> Any:
        if not term.example:
            raise NotExpressible(self.described, path, "there is no element to show", "Give an example of one element.")
        if isinstance(term.example, Mapping):
            return {key: self._walk(part, (*place, places.VALUES)) for key, part in self._fields(term.example)}
        inside = (*place, places.ANY)
        return [self._walk(part, inside) for part in term.example]

    def _walk_variants(self, term: Term, path: str) -> list[Any]:
        """File each variant with the rules that hold inside it, by paths that begin at the variant."""
        variants, examples = [], []
        for index, example in enumerate(term.example):
            inside = Shaped(self.described, self.side, self.seen)
            examples.append(inside.body(example))
            variants.append({"index": index, "rules": inside.rules.get("body", {})})
        self._put(
            self.rules, "body", path, {"combine": "AND", "matchers": [{"match": "arrayContains", "variants": variants}]}
        )
        return examples

    def _file(self, category: str, value: Any, key: str, *, hole: str) -> None:
        """File what a term promises under ``category`` and ``key`` (empty where a category has but one value)."""
        if not isinstance(value, Term):
            return
        matchers, combine = value.matchers, value.combine
        if value.expression:
            self._file_generator(category, value, key)
            if self.side == "request" and not matchers:
                matchers = _fitting(value, hole, in_body=category == "body")
        if matchers:
            self._put(self.rules, category, key, {"combine": combine, "matchers": [dict(one) for one in matchers]})

    def _file_generator(self, category: str, value: Term, key: str) -> None:
        if self.side == "observed":
            raise NotExpressible(
                self.described,
                key or category,
                "Pact's engine fills no provider-state value into what an operation is to answer",
                "Promise its shape: like(...), regex(...), uuid().",
            )
        example = _example(value)
        generator = {"type": "ProviderState", "expression": value.expression}
        if (data_type := _DATA_TYPES.get(type(example))) is not None:
            generator["dataType"] = data_type
        self._put(self.generators, category, key, generator)

    @staticmethod
    def _put(into: dict[str, Any], category: str, key: str, what: Any) -> None:
        if key:
            into.setdefault(category, {})[key] = what
        else:
            into[category] = what


def _fitting(term: Term, hole: str, *, in_body: bool) -> tuple[Matcher, ...]:
    """Return the matchers that fit whatever a provider state puts into a request, for those who judge consumers."""
    if isinstance(_example(term), str):
        fits = {"match": "regex", "regex": f"^{state_values.pattern(term.expression, hole)}$"}
        # Elsewhere there is only text; here a number would fit the regular expression, too.
        return ({"match": "type"}, fits) if in_body else (fits,)
    return ({"match": "type"},)


def _example(value: Any) -> Any:
    while isinstance(value, Term):
        value = value.example
    return value
