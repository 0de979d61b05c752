"""Make ``docs/images/krita-dialog.png``: ``python tests/krita/showcase.py``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import harness
from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "krita-dialog.png"


def main() -> None:
    """Run the real Krita and the real daemon on the sample pictures, and keep the screen."""
    with tempfile.TemporaryDirectory() as name, harness.display() as screen:
        folder = Path(name)
        content, style = folder / "lakeside.png", folder / "flow.png"
        samples.content("lakeside", 900).save(content)
        samples.painting("flow", 512).save(style)
        home = harness.make_home(folder / "home")
        harness.run(home, screen, "quit_at_once", folder)
        with daemon_process(folder / "log") as address:
            home.configure("gramarye_krita", address=address)
            pictures = {"picture": str(content), "style": str(style)}
            harness.run(home, screen, "showcase", folder, seconds=600, **pictures)  # type: ignore[arg-type]
        shot = Image.open(folder / "showcase.png").convert("RGB").resize((1280, 800))
        shot.quantize(256, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
