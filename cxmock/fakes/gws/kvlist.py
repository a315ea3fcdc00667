"""Key-value lists: how GWS writes Genesys' nested options in JSON (documented).

``[{"key": "a", "type": "str" | "int" | "kvlist", "value": ...}, ...]``, where the value of a ``kvlist`` is such a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEPTH_LIMIT = 32
"""Lists within lists that are read. Genesys itself uses two levels: section and option."""


def to_list(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write ``options`` (text, integers and mappings of them) as a key-value list.

    Raises:
        ValueError: a value has another type; the error names its place.

    >>> to_list({"default": {"retries": 3}})
    [{'key': 'default', 'type': 'kvlist', 'value': [{'key': 'retries', 'type': 'int', 'value': 3}]}]
    """
    return [_entry(key, value, key) for key, value in options.items()]


def to_dict(items: object) -> dict[str, Any]:
    """Read a key-value list.

    An entry without a ``type`` has the type of its value (the documented example of load-campaign is written so). Of a
    key that is there twice, the last counts: a Genesys list may repeat keys, a Python dict cannot.

    Raises:
        ValueError: it is not a key-value list; the error names the place.

    >>> to_dict([{"key": "GSW_AUTO_COMPLETION", "value": 1}])
    {'GSW_AUTO_COMPLETION': 1}
    >>> to_dict([{"key": "n", "type": "int", "value": "one"}])
    Traceback (most recent call last):
    ValueError: n is to be an int, not "one"
    """
    return _read(items, "the list", 1)


def _entry(key: str, value: Any, place: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        inner = [_entry(name, one, f"{place}.{name}") for name, one in value.items()]
        return {"key": key, "type": "kvlist", "value": inner}
    if isinstance(value, str):
        return {"key": key, "type": "str", "value": value}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"key": key, "type": "int", "value": value}
    raise ValueError(f"{place} is a {type(value).__name__}; a key-value list holds str, int and kvlist")


def _read(items: object, place: str, depth: int) -> dict[str, Any]:
    if not isinstance(items, list):
        raise ValueError(f'{place} is to be a list of {{"key", "type", "value"}}, not {_shown(items)}')
    if depth > DEPTH_LIMIT:
        raise ValueError(f"{place} is nested deeper than {DEPTH_LIMIT} lists")
    options: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("key"), str) or "value" not in item:
            raise ValueError(f'{place} holds {_shown(item)}, which is not {{"key", "type", "value"}}')
        key = item["key"]
        options[key] = _value(item.get("type"), item["value"], key if depth == 1 else f"{place}.{key}", depth)
    return options


def _value(kind: object, value: object, place: str, depth: int) -> Any:
    if kind is None:
        kind = {str: "str", int: "int", list: "kvlist"}.get(type(value))
    if kind == "kvlist":
        return _read(value, place, depth + 1)
    if kind == "str" and isinstance(value, str):
        return value
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind in ("str", "int"):
        raise ValueError(f"{place} is to be {'an int' if kind == 'int' else 'a str'}, not {_shown(value)}")
    raise ValueError(f"{place} has the type {_shown(kind)}; a key-value list holds str, int and kvlist")


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
