"""The zip in Kritas whose Python has no ZeroMQ: imported as Krita does it, then the tests in Krita.

``python tests/krita/fresh_roots.py`` makes Debian roots without ``python3-zmq``, imports what
``gramarye krita zip`` writes, and runs tests in the real Krita with it. It needs Debian and root.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

import roots

TESTS = ("test_krita_installing.py", "test_krita_stylize.py")
SUITES = ("bookworm", "trixie")
ARTEFACTS = roots.CHECKOUT / "test-artefacts"


def lacks_zmq(root: Path) -> bool:
    """Whether the Python of a root's Krita cannot import zmq."""
    command = roots.inside(root, "python3", "-c", "import zmq")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode != 0 and "No module named 'zmq'" in ran.stderr


def run(root: Path, file: Path, before: list[str]) -> bool:
    """Run the tests in a root's Krita, with the plugin from a zip; whether all passed."""
    files = [str(Path("tests", "krita", test)) for test in TESTS]
    environment = {**os.environ, roots.VARIABLE: str(root), "GRAMARYE_KRITA_ZIP": str(file)}
    command = [*before, sys.executable, "-m", "pytest", "-q", *files]
    return subprocess.run(command, cwd=roots.CHECKOUT, env=environment, check=False).returncode == 0


def main() -> int:
    """Test the zip in Kritas without ZeroMQ; returns 1 if a test failed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("suites", nargs="*", default=list(SUITES), help="Debian's names")
    parser.add_argument("--folder", type=Path, default=roots.usual_folder(), help="of the roots")
    parser.add_argument(
        "--before", type=shlex.split, default=[], help="put before each run, such as 'timeout 300'"
    )
    chosen = parser.parse_args()
    file = ARTEFACTS / "gramarye-krita.zip"
    ARTEFACTS.mkdir(exist_ok=True)
    pack = [sys.executable, "-m", "gramarye", "krita", "zip", "-o", str(file)]
    subprocess.run(pack, cwd=roots.CHECKOUT, check=True)
    failed: list[str] = []
    for suite in chosen.suites:
        try:
            root = roots.root(suite, chosen.folder, without=[roots.ZMQ])
        except roots.RootError as error:
            print(f"Error: {error}", file=sys.stderr)
            return 1
        if not lacks_zmq(root):
            print(f"Error: {root} has zmq, so nothing would be tested.", file=sys.stderr)
            return 1
        print(f"» {suite} (Krita {roots.KRITAS[suite]}, without zmq)", flush=True)
        if not run(root, file, chosen.before):
            failed.append(suite)
    print("Failed: " + ", ".join(failed) if failed else "All passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
