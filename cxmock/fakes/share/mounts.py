"""How a client finds the share: the mount protocol, and the port mapper on the same port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cxmock.fakes.share.folder import Folder
from cxmock.wire.nfs import mount, portmap
from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.programs import PROGRAMS
from cxmock.wire.nfs.rpc import Call, Flavor, Nothing
from cxmock.wire.nfs.values import Status

_REMEMBERED: Final = 1000


class Mounts:
    """Who mounted what, and where everything listens.

    Any folder can be mounted, however deep; the one export that is advertised is ``/``.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.port = 0
        """Where the share listens; whoever listens fills it in."""
        self.mounted: dict[mount.Mounted, None] = {}
        self.operations: dict[tuple[int, str], Callable[[Any, Call], Any]] = {
            (MOUNT.number, "NULL"): self._nothing,
            (MOUNT.number, "MNT"): self._mnt,
            (MOUNT.number, "DUMP"): self._dump,
            (MOUNT.number, "UMNT"): self._umnt,
            (MOUNT.number, "UMNTALL"): self._umnt_all,
            (MOUNT.number, "EXPORT"): self._export,
            (PORTMAP.number, "NULL"): self._nothing,
            (PORTMAP.number, "GETPORT"): self._getport,
            (PORTMAP.number, "DUMP"): self._programs,
        }

    def _nothing(self, asked: Nothing, call: Call) -> Nothing:
        return asked

    def _mnt(self, asked: mount.OfPath, call: Call) -> mount.MountResult:
        # Looking up "." refuses what is no folder.
        node = self._folder.lookup(self._folder.find(asked.path), ".")
        if len(self.mounted) < _REMEMBERED:
            self.mounted[_mounted(asked, call)] = None
        return mount.MountResult(Status.OK, self._folder.nodes.handle(node), (Flavor.SYS, Flavor.NONE))

    def _dump(self, asked: Nothing, call: Call) -> mount.DumpResult:
        return mount.DumpResult(tuple(self.mounted))

    def _umnt(self, asked: mount.OfPath, call: Call) -> Nothing:
        self.mounted.pop(_mounted(asked, call), None)
        return Nothing()

    def _umnt_all(self, asked: Nothing, call: Call) -> Nothing:
        host = _mounted(mount.OfPath("/"), call).host
        self.mounted = {one: None for one in self.mounted if one.host != host}
        return Nothing()

    def _export(self, asked: Nothing, call: Call) -> mount.ExportResult:
        return mount.ExportResult((mount.Export("/"),))

    def _getport(self, asked: portmap.Mapping, call: Call) -> portmap.PortResult:
        here = asked.program in PROGRAMS and asked.protocol == portmap.TCP
        return portmap.PortResult(self.port if here else 0)

    def _programs(self, asked: Nothing, call: Call) -> portmap.MappingsResult:
        return portmap.MappingsResult(
            tuple(portmap.Mapping(one.number, one.version, portmap.TCP, self.port) for one in PROGRAMS.values())
        )


def _mounted(asked: mount.OfPath, call: Call) -> mount.Mounted:
    return mount.Mounted(call.credentials.machine if call.credentials else "", asked.path)
