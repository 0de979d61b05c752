"""Make the pictures of Krita in ``docs/images``: ``python tests/krita/showcase.py``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import harness
from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOTS = {"showcase": "krita-dialog", "showcase-batch": "krita-batch"}
"""Screenshot → picture."""


def main() -> None:
    """Run the real Krita and the real daemon on a sample scene, and keep the screen."""
    with tempfile.TemporaryDirectory() as name, harness.display() as screen:
        folder = Path(name)
        content = folder / "lakeside.png"
        samples.content("lakeside", 900).save(content)
        home = harness.make_home(folder / "home")
        harness.run(home, screen, "quit_at_once", folder)
        with daemon_process(folder / "log") as address:
            home.configure("gramarye_krita", address=address)
            harness.run(home, screen, "showcase", folder, seconds=600, picture=str(content))
        for shot, picture in SHOTS.items():
            image = Image.open(folder / f"{shot}.png").convert("RGB").resize((1280, 800))
            small = image.quantize(256, dither=Image.Dither.NONE)
            small.save(IMAGES / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    main()
