"""The opponent that Krita ships: G'MIC's patch-based *stylize*, run as its own program."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image


def stylize(content: Image.Image, style: Image.Image) -> Image.Image:
    """What ``gmic content style +stylize[0] [1]`` makes, at its defaults.

    Raises:
        SystemExit: it is not installed.
    """
    program = shutil.which("gmic")
    if program is None:
        raise SystemExit("G'MIC is not installed: on Debian `apt install gmic`.")
    with tempfile.TemporaryDirectory() as folder:
        content_file, style_file, result_file = (
            str(Path(folder, f"{name}.png")) for name in ("content", "style", "result")
        )
        content.save(content_file)
        style.save(style_file)
        command = [program, content_file, style_file, "+stylize[0]", "[1]", "-o[-1]", result_file]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        with Image.open(result_file) as result:
            return result.convert("RGB")
