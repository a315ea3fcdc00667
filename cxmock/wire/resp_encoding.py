"""RESP2 and RESP3, the protocol of Redis: values to bytes, for either side of a connection."""

from __future__ import annotations

from typing import Any

from cxmock.wire.resp import ErrorReply, Push, SetReply


def encode_command(*words: bytes | str | float) -> bytes:
    """Return the bytes that a client sends.

    >>> encode_command("SET", "a", 1)
    b'*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\na\\r\\n$1\\r\\n1\\r\\n'
    """
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


def encode(value: Any, *, version: int = 2) -> bytes:
    """Return the bytes with which a server says ``value`` to a client of RESP ``version`` 2 or 3.

    >>> encode({b"a": 1.5}), encode({b"a": 1.5}, version=3)
    (b'*2\\r\\n$1\\r\\na\\r\\n$3\\r\\n1.5\\r\\n', b'%1\\r\\n$1\\r\\na\\r\\n,1.5\\r\\n')

    Raises:
        TypeError: no RESP value is like it.
    """
    parts: list[bytes] = []
    _encode(value, version, parts)
    return b"".join(parts)


def _encode(value: Any, version: int, parts: list[bytes]) -> None:
    new = version >= 3
    match value:
        case bytes():
            parts.append(b"$%d\r\n%b\r\n" % (len(value), value))
        case str():
            parts.append(b"+%b\r\n" % value.encode())
        case bool():
            parts.append((b"#t\r\n" if value else b"#f\r\n") if new else b":%d\r\n" % value)
        case int():
            parts.append(b":%d\r\n" % value)
        case None:
            parts.append(b"_\r\n" if new else b"$-1\r\n")
        case float():
            text = repr(value).removesuffix(".0").encode()
            parts.append(b",%b\r\n" % text if new else b"$%d\r\n%b\r\n" % (len(text), text))
        case ErrorReply():
            parts.append(b"-%b\r\n" % value.text.replace("\r", " ").replace("\n", " ").encode())
        case dict():
            parts.append(b"%%%d\r\n" % len(value) if new else b"*%d\r\n" % (2 * len(value)))
            for pair in value.items():
                for part in pair:
                    _encode(part, version, parts)
        case list() | tuple():
            mark = (b">" if isinstance(value, Push) else b"~" if isinstance(value, SetReply) else b"*") if new else b"*"
            parts.append(b"%b%d\r\n" % (mark, len(value)))
            for part in value:
                _encode(part, version, parts)
        case _:
            raise TypeError(f"RESP has no value like {value!r}")
