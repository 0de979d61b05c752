"""What a picture file may be, and the one error for all that are something else."""

from __future__ import annotations

from pathlib import Path

MIN_SIDE = 16
MAX_SIDE = 65_536
MAX_PIXELS = 16_384 * 16_384
MAX_FILE_BYTES = 5 << 30
"""The largest picture as floats with alpha has 4 GiB of samples."""


class PictureFileError(Exception):
    """A picture file that cannot be read or written: a code and a sentence for the artist."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def check_file(path: Path) -> None:
    """Refuse what is no file, or too large a file, before it is opened."""
    try:
        if path.is_dir():
            raise PictureFileError("directory", f"{path} is a folder. Name a picture in it.")
        if not path.exists():
            raise PictureFileError("missing", f"There is no file {path}. Check the name.")
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(path) from error
    if not path.is_file():
        raise PictureFileError("not-a-picture", f"{path} is not a file. Name a picture file.")
    if size == 0:
        raise PictureFileError("empty", f"{path} is empty. Take another copy of the picture.")
    if size > MAX_FILE_BYTES:
        raise too_large(path)


def check_size(path: Path, width: int, height: int) -> None:
    """Refuse a size that a header announces before memory is taken for it."""
    if min(width, height) < MIN_SIDE:
        raise PictureFileError(
            "too-small",
            f"{path} has {width}×{height} pixels. A style can be seen from "
            f"{MIN_SIDE}×{MIN_SIDE} on: give a larger picture.",
        )
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise too_large(path)


def unreadable(path: Path) -> PictureFileError:
    """The system does not let us read it."""
    return PictureFileError("unreadable", f"{path} cannot be read. Check who may read it.")


def too_large(path: Path) -> PictureFileError:
    """More than the limits."""
    return PictureFileError(
        "too-large",
        f"{path} is too large: at most {MAX_SIDE} pixels a side, {MAX_PIXELS} in all and "
        f"{MAX_FILE_BYTES >> 30} GiB as a file. Scale it down first.",
    )


def too_deep(path: Path) -> PictureFileError:
    """Samples that are neither 8 nor 16 bits nor float."""
    return PictureFileError(
        "too-deep",
        f"{path} has whole numbers of 32 bits a channel, which cannot be used. "
        "Save it with 8 or 16 bits, or as floats.",
    )


def unsupported(path: Path, what: str) -> PictureFileError:
    """A sound file of a kind that is not read."""
    return PictureFileError(
        "unsupported",
        f"{path} {what}, which cannot be read here. Save it as RGB in a painting program.",
    )


def damaged(path: Path) -> PictureFileError:
    """Nothing sensible can be decoded."""
    return PictureFileError(
        "damaged",
        f"{path} is damaged or incomplete and cannot be decoded. "
        "Open it in a painting program and save it anew, or take another copy.",
    )
