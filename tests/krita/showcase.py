"""Make the pictures of Krita in ``docs/images``: ``python tests/krita/showcase.py``.

With ``--menus`` only those of the menus, which take no painting.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import harness
from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOTS = {"showcase": "krita-dialog", "showcase-batch": "krita-batch"}
"""Screenshot → picture."""


MENUS = ("import", "menu")
_BESIDE = 40
"""Points of Krita that are shown beside and below a menu."""


def main() -> None:
    """Run the real Krita and the real daemon on a sample scene, and keep the screen."""
    with tempfile.TemporaryDirectory() as name, harness.display() as screen:
        folder = Path(name)
        content = folder / "lakeside.png"
        samples.content("lakeside", 900).save(content)
        home = harness.make_home(folder / "home")
        harness.run(home, screen, "quit_at_once", folder)
        menus(home, screen, folder, content)
        if "--menus" in sys.argv[1:]:
            return
        with daemon_process(folder / "log") as address:
            home.configure("gramarye_krita", address=address)
            harness.run(home, screen, "showcase", folder, seconds=600, picture=str(content))
        for shot, picture in SHOTS.items():
            image = Image.open(folder / f"{shot}.png").convert("RGB").resize((1280, 800))
            keep(image, picture)


def menus(home: harness.Home, screen: str, folder: Path, content: Path) -> None:
    """Where a plugin is imported, and where the dialog is opened."""
    noted = harness.run(home, screen, "first_steps", folder, picture=str(content))
    for name in MENUS:
        right, bottom = noted[name]
        image = Image.open(folder / f"first-{name}.png").convert("RGB")
        keep(image.crop((0, 0, right + _BESIDE, bottom + _BESIDE)), f"krita-{name}")


def keep(image: Image.Image, name: str) -> None:
    """Write a picture, small enough to be loaded with a page."""
    small = image.quantize(256, dither=Image.Dither.NONE)
    small.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
