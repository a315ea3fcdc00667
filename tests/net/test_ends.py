"""A process that is killed is seen gone, whatever it had to say."""

from __future__ import annotations

import asyncio
import signal
import sys

from cxmock.net.ends import killed
from cxmock.net.waiting import until

CHATTERBOX = "import sys\nwhile True: sys.stdout.write('x' * 65536)"


def test_one_whose_words_nobody_read_is_seen_gone() -> None:
    """Its pipe is full, and so is what asyncio reads ahead: only who reads on learns that it has ended."""

    async def story() -> None:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", CHATTERBOX, stdin=pipe, stdout=pipe)
        # asyncio has no word for a pipe that it reads no further.
        assert await until(lambda: bool(vars(process.stdout)["_paused"]), within=5)

        await killed(process)
        assert process.returncode == -signal.SIGKILL
        async with asyncio.timeout(5):
            assert await process.wait() == -signal.SIGKILL

        await killed(process)

    asyncio.run(story())
