"""NFS version 3 (RFC 1813): its procedures, by number."""

from __future__ import annotations

from typing import Final

from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import results
from cxmock.wire.nfs.rpc import Procedure, Program

NFS: Final = Program(
    100003,
    3,
    {
        0: Procedure("NULL"),
        1: Procedure("GETATTR", args.OfHandle, results.GetattrResult),
        2: Procedure("SETATTR", args.Setattr, results.ChangeResult),
        3: Procedure("LOOKUP", args.OfEntry, results.LookupResult),
        4: Procedure("ACCESS", args.Access, results.AccessResult),
        5: Procedure("READLINK", args.OfHandle, results.ReadlinkResult),
        6: Procedure("READ", args.Read, results.ReadResult),
        7: Procedure("WRITE", args.Write, results.WriteResult),
        8: Procedure("CREATE", args.Create, results.CreateResult),
        9: Procedure("MKDIR", args.Mkdir, results.CreateResult),
        10: Procedure("SYMLINK", args.Symlink, results.CreateResult),
        11: Procedure("MKNOD", args.Mknod, results.CreateResult),
        12: Procedure("REMOVE", args.OfEntry, results.ChangeResult),
        13: Procedure("RMDIR", args.OfEntry, results.ChangeResult),
        14: Procedure("RENAME", args.Rename, results.RenameResult),
        15: Procedure("LINK", args.Link, results.LinkResult),
        16: Procedure("READDIR", args.Readdir, results.ReaddirResult),
        17: Procedure("READDIRPLUS", args.Readdirplus, results.ReaddirplusResult),
        18: Procedure("FSSTAT", args.OfHandle, results.FsstatResult),
        19: Procedure("FSINFO", args.OfHandle, results.FsinfoResult),
        20: Procedure("PATHCONF", args.OfHandle, results.PathconfResult),
        21: Procedure("COMMIT", args.Commit, results.CommitResult),
    },
)
