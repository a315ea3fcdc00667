"""Just enough of SQL's surface to take a string of statements apart and to name each."""

from __future__ import annotations

import re

_START = re.compile(r"""[eE]'|'|"|;|--|/\*|\$\w*\$""")
_ENDS = {
    "'": re.compile(r"[^']*(?:''[^']*)*'"),
    "E'": re.compile(r"(?:[^'\\]|\\.|'')*'", re.DOTALL),
    '"': re.compile(r'[^"]*(?:""[^"]*)*"'),
    "--": re.compile(r"[^\n]*"),
    "/*": re.compile(r".*?\*/", re.DOTALL),
}
_WORDS = re.compile(r"(?>(?:\s|--[^\n]*\n|/\*.*?\*/|\()*)([a-zA-Z]+)(?:\s+([a-zA-Z]+))?", re.DOTALL)
_OF_TWO_WORDS = frozenset(("CREATE", "DROP", "ALTER", "SET", "RESET", "SHOW"))


def split(sql: str) -> list[str]:
    """Return the statements of ``sql``, without empty ones.

    >>> split("SELECT ';' -- ;\\n; SELECT $a$;$a$;")
    ["SELECT ';' -- ;", 'SELECT $a$;$a$']
    """
    cuts, position = [0], 0
    while start := _START.search(sql, position):
        token = start[0].upper() if start[0] != ";" else ";"
        position = start.end()
        if token == ";":
            cuts += [start.start(), position]
        elif token.startswith("$"):
            found = sql.find(start[0], position)
            if found < 0:
                break
            position = found + len(token)
        elif end := _ENDS[token].match(sql, position):
            position = end.end()
        else:
            break
    cuts.append(len(sql))
    pieces = (sql[begin:end].strip() for begin, end in zip(cuts[::2], cuts[1::2], strict=True))
    return [piece for piece in pieces if piece]


def operation(sql: str) -> str:
    """Name a statement by its first word, or its first two where one says too little.

    >>> operation("select 1"), operation("/* why */ (create table x (y int))"), operation("")
    ('SELECT', 'CREATE TABLE', 'EMPTY')
    """
    match = _WORDS.match(sql)
    if match is None:
        return "EMPTY"
    first, second = match[1].upper(), (match[2] or "").upper()
    return f"{first} {second}" if second and first in _OF_TWO_WORDS else first
