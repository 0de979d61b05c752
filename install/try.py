"""Try Gramarye: install it beside this file and paint one picture through a real daemon.

    python3 install/try.py [--content PICTURE --style PAINTING] [-o FOLDER] …

Words on the command line go on to ``gramarye demo``.
"""

from __future__ import annotations

import subprocess
import sys

from environment import InstallError, environment


def main() -> int:
    """Install what is missing, then run the demonstration; returns its exit status."""
    try:
        python = environment()
    except InstallError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    command = [str(python), "-m", "gramarye", "demo", *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
