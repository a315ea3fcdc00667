"""Redis' side of the gate: clients give the testbed's password and keep to one database of somebody's server."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from cxmock.wire.resp import SERVED, Parser, TooLong
from cxmock.wire.resp_encoding import encode_command

_NO_AUTH = b"-NOAUTH Authentication required.\r\n"
_WRONG_PASS = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"
_NAME = b"default"
_OTHER_DATABASE = encode_command("SELECT", "-1")
"""Said instead of what leads to another database; the server refuses it."""
_REFUSED = {
    b"MOVE": _OTHER_DATABASE,
    b"SWAPDB": _OTHER_DATABASE,
    b"RESET": encode_command("RESET", "refused"),  # it would undo our login
}
_WRONG_LOGIN = encode_command("AUTH", "nobody", "nothing")


class Login:
    """Lets in who gives the testbed's password. By then we are logged in at the server, with our database selected.

    Nothing is passed on before, so what is answered here never overtakes an answer of the server.

    Args:
        password: what clients must give, as user ``default``.
        login: the words of ours at the server, to be said again when a client logs in again.
        database: the number of the database that clients take for 0; others are refused, and what would empty all of
            them empties this one.
    """

    def __init__(self, password: str, login: tuple[str, ...], database: int) -> None:
        self._password = password.encode()
        self._again = encode_command(*login) if login else encode_command("SELECT", database)
        self._select = encode_command("SELECT", database)
        self._parser = Parser(commands=True, limits=SERVED)
        self._known = False

    def upstream(self, data: bytes) -> tuple[bytes, bytes]:
        """Take what the client says; return what goes to the server, and what the client is told at once."""
        onward, told = b"", b""
        for words in self._parser.feed(data):
            if any(isinstance(word, TooLong) for word in words):
                words = [b"ECHO"]  # refused for its number of words
            if self._known:
                onward += self._translated(words)
            else:
                passed, answer = self._first(words)
                onward += passed
                told += answer
        if self._parser.broken:
            told += f"-ERR Protocol error: {self._parser.broken}\r\n".encode()
        return onward, told

    def _first(self, words: list[Any]) -> tuple[bytes, bytes]:
        """Return what goes on, and what is answered, before the client has logged in."""
        name, (_, given) = words[0].upper(), _login(words)
        if given is None:
            return b"", _NO_AUTH
        if not self._right(given):
            return b"", _WRONG_PASS
        self._known = True
        return (self._translated(words), b"") if name == b"HELLO" else (b"", b"+OK\r\n")

    def _translated(self, words: list[Any]) -> bytes:
        name = words[0].upper()
        rest, given = _login(words)
        if given is not None and not self._right(given):
            return _WRONG_LOGIN
        if name == b"AUTH" and given is not None:
            return self._again
        if name == b"SELECT":
            return self._select if words[1:] == [b"0"] else _OTHER_DATABASE
        if name == b"FLUSHALL":
            return encode_command("FLUSHDB", *words[1:])
        return _REFUSED.get(name) or encode_command(*rest)

    def _right(self, given: tuple[bytes, bytes]) -> bool:
        user, password = given
        return user == _NAME and compare_digest(password, self._password)


def _login(words: list[Any]) -> tuple[list[Any], tuple[bytes, bytes] | None]:
    """Return a command without the login that is in it, and that login.

    >>> _login([b"HELLO", b"3", b"AUTH", b"default", b"secret", b"SETNAME", b"me"])
    ([b'HELLO', b'3', b'SETNAME', b'me'], (b'default', b'secret'))
    """
    name = words[0].upper()
    if name == b"AUTH" and len(words) in (2, 3):
        return words, (words[1] if len(words) == 3 else _NAME, words[-1])
    if name == b"HELLO":
        upper = [word.upper() for word in words]
        if b"AUTH" in upper[2:] and (at := upper.index(b"AUTH", 2)) + 2 < len(words):
            return [*words[:at], *words[at + 3 :]], (words[at + 1], words[at + 2])
    return words, None
