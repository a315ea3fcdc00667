"""How deep folders lie in folders, for parts that serve them."""

from __future__ import annotations

import os


def nested_deeper(name: str, directory: int, levels: int) -> bool:
    """Return whether a folder holds folders in folders to more than so many levels. No link is followed.

    Args:
        name: the folder, in the open ``directory``.
        directory: a file descriptor.
        levels: 0 for a folder that may hold no folder; less is always exceeded.

    Raises:
        OSError: one of the folders cannot be opened.
    """
    if levels < 0:
        return True
    fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        with os.scandir(fd) as entries:
            inner = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        return any(nested_deeper(one, fd, levels - 1) for one in inner)
    finally:
        os.close(fd)
