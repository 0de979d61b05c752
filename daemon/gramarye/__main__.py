"""``python -m gramarye``."""

import sys

from gramarye.cli import main

if __name__ == "__main__":
    sys.exit(main())
