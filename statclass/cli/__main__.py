"""``python -m statclass.cli``."""

import sys

from statclass.cli import main

sys.exit(main())
