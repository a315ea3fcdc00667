"""``python -m cxmock.reference SERVICE``: run one service as a process of its own."""

import sys

from cxmock.reference.running import main

if __name__ == "__main__":
    sys.exit(main())
