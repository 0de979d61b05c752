"""A job as its files and options describe it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gramarye_protocol import Settings

from ..pictures import Encoding, check_output, read
from ..raster import Pixels
from .memo import LargeProfileError, Memo
from .options import make_settings


@dataclass(frozen=True)
class Order:
    """Settings and planes, the content first, and how the result is to be written."""

    settings: Settings
    planes: list[Pixels]
    memo: Memo

    def with_memo(self) -> Order:
        """The same job, whose result whoever fetches it can write.

        Raises:
            LargeProfileError: the content's profile is too large for that.
        """
        content, *others = self.planes
        plane = replace(content.plane, memo=self.memo.pack())
        return replace(self, planes=[Pixels(plane, content.data), *others])

    def for_daemon(self) -> Order:
        """With the memo, where it fits: the result is awaited here, and seldom fetched."""
        try:
            return self.with_memo()
        except LargeProfileError:
            return self


@dataclass(frozen=True)
class Files:
    """The pictures of a job with their roles, unread, and the settings beside them."""

    settings: Settings
    named: list[tuple[str, Path]]

    @property
    def paths(self) -> list[Path]:
        """Every file, the content first."""
        return [path for _, path in self.named]

    def order(self, depth: str | None, output: Path | None = None) -> Order:
        """Read them. ``depth`` is the result's (``None``: the content's), ``output`` where it is
        to be written, if that is known yet.

        Raises:
            PictureFileError: one cannot be used, or the result could not be written.
        """
        (_, content), *others = self.named
        plane, encoding, notices = _content(content, output, self.settings, depth)
        planes = [plane]
        for role, path in others:
            file = read(path)
            planes.append(file.pixels(role, encoding.space))
            notices.append(file.notice)
        memo = Memo(encoding, depth is not None, tuple(filter(None, notices)))
        return Order(self.settings, planes, memo)


def files_of(content: Path, styles: tuple[Path, ...], **chosen: Any) -> Files:
    """What a command line names.

    Raises:
        click.UsageError: a value that no job can have. SettingsError: an unreadable recipe.
    """
    settings, pictures = make_settings(**chosen)
    return Files(
        settings, [("content", content), *(("style", style) for style in styles), *pictures]
    )


def _content(
    content: Path, output: Path | None, settings: Settings, depth: str | None
) -> tuple[Pixels, Encoding, list[str]]:
    """The content's plane, how the result is to be written, and what there is to say about it.

    The file's samples are let go of: they may be other ones than the plane's.
    """
    file = read(content)
    if output is not None:
        check_output(output, settings.size or max(file.samples.shape[:2]), depth)
    encoding = Encoding(depth or file.depth, file.encoding.space)
    notices = [file.notice]
    if file.profile and not encoding.space.profile:
        notices.append(f"The colour profile of {content} is not one to paint in: result in sRGB.")
    return file.pixels("content", encoding.space, encoding.depth), encoding, notices
