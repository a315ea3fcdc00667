"""``python -m cxmock``."""

import sys

from cxmock.cli import main

sys.exit(main())
