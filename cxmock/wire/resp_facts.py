"""Redis commands and replies as the JSON that contracts and reports use.

A command is ``{"argv": ["HSET", "key", "field", "value"]}``. A reply is ``{"type": ..., "value": ...}``, where the type
is ``string`` (simple), ``bulk``, ``integer``, ``double``, ``boolean``, ``nil``, ``array``, ``set``, ``map``, ``push``,
``error``, or ``none`` (the client asked for no reply). Inside an array or map the values are plain: text, numbers,
null, ``{"error": text}`` for an error. Bytes that are no text are ``{"binary": count}``, what was too long to keep is
``{"bytes": count}``, elements that were not kept are ``{"omitted": count}`` at the end. Passwords are ``***``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cxmock.wire.resp import ErrorReply, Omitted, Push, SetReply, TooLong

HIDDEN: Final = "***"
_SECRET_SETTINGS = frozenset(
    ("requirepass", "masterauth", "primaryauth", "tls-key-file-pass", "tls-client-key-file-pass")
)
_TYPES = {
    bytes: "bulk",
    TooLong: "bulk",
    str: "string",
    int: "integer",
    float: "double",
    bool: "boolean",
    type(None): "nil",
    list: "array",
    SetReply: "set",
    dict: "map",
    Push: "push",
    Omitted: "omitted",
}


def request_facts(words: Sequence[Any]) -> dict[str, Any]:
    """Return a command as JSON.

    >>> request_facts([b"AUTH", b"cxc", b"secret"]), request_facts([b"SET", b"k", b"\\xff"])
    ({'argv': ['AUTH', 'cxc', '***']}, {'argv': ['SET', 'k', {'binary': 1}]})
    """
    argv = [_plain(word) for word in words]
    name = str(argv[0]).upper()
    if name in _WITH_SECRETS:
        _hide(name, argv)
    return {"argv": argv}


def response_facts(value: Any, words: Sequence[Any] = ()) -> Mapping[str, Any]:
    """Return a reply as JSON; the command it answers tells where secrets are in it.

    >>> response_facts([b"a", 1, None])
    {'type': 'array', 'value': ['a', 1, None]}
    >>> response_facts([b"requirepass", b"secret"], [b"CONFIG", b"GET", b"*"])
    {'type': 'array', 'value': ['requirepass', '***']}
    """
    if isinstance(value, ErrorReply):
        return {"type": "error", "value": value.text}
    plain = _plain(value)
    if isinstance(value, (list, dict)) and words and str(_plain(words[0])).upper() == "CONFIG":
        plain = _without_secrets(plain)
    return {"type": _TYPES[type(value)], "value": plain}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"binary": len(value)}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {_key(key): _plain(part) for key, part in value.items()}
    if isinstance(value, TooLong):
        return {"bytes": value.size}
    if isinstance(value, Omitted):
        return {"omitted": value.count}
    if isinstance(value, ErrorReply):
        return {"error": value.text}
    return value


def _key(key: Any) -> str:
    return key.decode("utf-8", "backslashreplace") if isinstance(key, bytes) else str(key)


_WITH_SECRETS = frozenset(("AUTH", "HELLO", "CONFIG", "ACL", "MIGRATE"))


def _hide(name: str, argv: list[Any]) -> None:
    """Replace the secrets among the words of a command."""
    upper = [str(word).upper() for word in argv]
    if name == "AUTH":
        for place in range(1 if len(argv) == 2 else 2, len(argv)):
            argv[place] = HIDDEN
    elif name == "HELLO" and "AUTH" in upper:
        _hide_at(argv, upper.index("AUTH") + 2)
    elif name == "MIGRATE" and "AUTH" in upper:
        _hide_at(argv, upper.index("AUTH") + 1)
    elif name == "MIGRATE" and "AUTH2" in upper:
        _hide_at(argv, upper.index("AUTH2") + 2)
    elif name == "ACL" and upper[1:2] == ["SETUSER"]:
        argv[3:] = [word[0] + HIDDEN if str(word)[:1] in "<>#!" else word for word in argv[3:]]
    elif name == "CONFIG" and upper[1:2] == ["SET"]:
        argv[2:] = _without_secrets(argv[2:])


def _hide_at(argv: list[Any], place: int) -> None:
    if place < len(argv):
        argv[place] = HIDDEN


def _without_secrets(settings: Any) -> Any:
    """Return settings, names and values in turn or a map, with secret values hidden."""
    if isinstance(settings, dict):
        return {name: HIDDEN if name.lower() in _SECRET_SETTINGS else value for name, value in settings.items()}
    return [
        HIDDEN if place % 2 and str(settings[place - 1]).lower() in _SECRET_SETTINGS else value
        for place, value in enumerate(settings)
    ]
