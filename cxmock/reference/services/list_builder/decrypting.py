"""Decrypts standard input to standard output, in a process of its own: ``python -m ... FD``, the key comes by FD."""

from __future__ import annotations

import os
import sys

NO_KEY, OTHER_KEY = 3, 4
"""Exit status: the key cannot be used; the file is for another key, or damaged."""


def main() -> int:
    """Decrypt; the exit status tells how it went."""
    from pysequoia import Tsk, decrypt_file

    with os.fdopen(int(sys.argv[1]), "rb") as pipe:
        passphrase, _, armored = pipe.read().partition(b"\n")
    try:
        decryptor = Tsk.from_bytes(armored).decryptor(passphrase.decode() or None)
    except Exception:
        return NO_KEY
    try:
        decrypt_file("/dev/stdin", "/dev/stdout", decryptor=decryptor)
    except Exception:
        return OTHER_KEY
    return 0


if __name__ == "__main__":
    sys.exit(main())
