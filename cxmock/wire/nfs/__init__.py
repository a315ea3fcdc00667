"""NFS version 3 with its mount protocol and port mapper: bytes to messages and back.

The layers, each on top of the one before: XDR (``xdr``), remote procedure calls over TCP (``rpc``), the programs
(``nfs3``, ``mount``, ``portmap``), and what a watcher makes of a connection (``facts``, ``decoder``).
"""
