"""Our sockets, threads, clocks, processes and certificates."""
