"""PGP: keys, and files that are encrypted for them. Needs the extra ``pgp``.

A file is decrypted by a process of its own, through pipes: nothing of it lies on a disk, and memory is that process's.
That lists come in encrypted is documented; how keys are given and named is assumed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec

from cxmock.errors.imports import NoPgp, NotDecrypted
from cxmock.net.ends import killed
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.services.list_builder.decrypting import NO_KEY
from cxmock.reference.share import CHUNK

LIBRARY = "pysequoia"
_ENDS_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key by which files are decrypted."""

    name: str
    armored: str = field(repr=False)
    passphrase: str = field(default="", repr=False)


def fingerprint_of(key: Key) -> str:
    """Return a key's fingerprint, by which whoever encrypts knows its public part.

    Raises:
        Refusal: it is no secret key, or the passphrase is not its own (652).
        NoPgp: the library is not installed.
    """
    if find_spec(LIBRARY) is None:
        raise NoPgp(f'The key "{key.name}" is for a file that')
    from pysequoia import Tsk

    try:
        secret = Tsk.from_bytes(key.armored.encode())
        secret.decryptor(key.passphrase or None)
        return str(secret.extract_certificate().fingerprint).upper()
    except Exception as error:  # the library's errors are all RuntimeError or its like, with a stack trace below
        reason = str(error).partition("\n")[0]
        raise Refusal(
            Code.INVALID, f'"key" cannot be used: {reason}.', "An armored secret key, and its passphrase if it has one."
        ) from None


async def decrypted(path: str, source: AsyncGenerator[bytes, None], key: Key) -> AsyncGenerator[bytes, None]:
    """Yield what an encrypted file holds.

    Raises:
        NoPgp: the library is not installed.
        NotDecrypted: it is for another key, or damaged.
    """
    if find_spec(LIBRARY) is None:
        raise NoPgp(path)
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cxmock.reference.services.list_builder.decrypting", str(reading)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(reading,),
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    assert process.stdin is not None
    assert process.stdout is not None
    feeding: asyncio.Task[None] | None = None
    try:
        await asyncio.to_thread(_tell, writing, f"{key.passphrase}\n{key.armored}".encode())
        feeding = asyncio.create_task(_feed(process.stdin, source))
        while data := await process.stdout.read(CHUNK):
            yield data
        await feeding
        async with asyncio.timeout(_ENDS_WITHIN):
            status = await process.wait()
        if status:
            problem = "cannot be used" if status == NO_KEY else "is not the one it is for, or the file is damaged"
            raise NotDecrypted(path, f'the key "{key.name}" {problem}')
    finally:
        if feeding is not None:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
        if process.returncode is None:
            await killed(process)


def _tell(pipe: int, what: bytes) -> None:
    with os.fdopen(pipe, "wb") as file, suppress(BrokenPipeError):
        file.write(what)


async def _feed(pipe: asyncio.StreamWriter, source: AsyncGenerator[bytes, None]) -> None:
    """Give the process the file; what it says is told elsewhere."""
    async with aclosing(source):
        with suppress(BrokenPipeError, ConnectionResetError):
            async for data in source:
                pipe.write(data)
                await pipe.drain()
        pipe.close()
