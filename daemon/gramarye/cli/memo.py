"""What travels with a job's content, so that whoever fetches the result writes it as its sender
would have: the depth, the colour profile, and what there was to say about the files."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from gramarye_protocol import Plane
from gramarye_protocol.planes import LONGEST_MEMO

from ..pictures import DEPTHS, SRGB, Encoding
from ..pictures.profiles import MAX_PROFILE_BYTES, ProfileError, space_of

_MARK = "gramarye"
_DEPTHS = {"u8": "8", "u16": "16"}


class LargeProfileError(Exception):
    """A colour profile that does not fit into a memo."""

    code = "large-profile"

    def __init__(self) -> None:
        self.sentence = (
            "The colour profile of the content is too large to travel with the job. Use stylize, "
            "or give the picture a smaller profile."
        )
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Memo:
    """How a result is to be written. ``asked``: its depth was asked for, and is not only the
    content's."""

    encoding: Encoding
    asked: bool = False
    notices: tuple[str, ...] = ()

    def pack(self) -> str:
        """As a plane's memo.

        Raises:
            LargeProfileError: it does not fit.
        """
        profile = self.encoding.space.profile
        packed = json.dumps(
            {
                _MARK: 1,
                "depth": self.encoding.depth,
                "asked": self.asked,
                "notices": self.notices,
                "profile": base64.b64encode(zlib.compress(profile, 9)).decode() if profile else "",
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        if len(packed) > LONGEST_MEMO:
            raise LargeProfileError
        return packed


def memo_of(plane: Plane) -> Memo:
    """What a result's memo says; of a job that another program submitted, what its pixels say."""
    try:
        told = json.loads(plane.memo)
        if told[_MARK] != 1 or told["depth"] not in DEPTHS:
            return _foreign(plane)
        encoding = Encoding(told["depth"], space_of(_profile(told["profile"])))
        return Memo(encoding, bool(told["asked"]), tuple(map(str, told["notices"])))
    except (ValueError, KeyError, TypeError, ProfileError):
        return _foreign(plane)


def _profile(packed: str) -> bytes:
    """The profile's bytes, of which no more is unpacked than a profile may have."""
    if not packed:
        return b""
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(base64.b64decode(packed, validate=True), MAX_PROFILE_BYTES)
    except (zlib.error, binascii.Error) as error:
        raise ProfileError(str(error)) from error


def _foreign(plane: Plane) -> Memo:
    named = f" ({plane.profile})" if plane.profile else ""
    return Memo(
        Encoding(_DEPTHS.get(plane.dtype, "float"), SRGB),
        notices=(f"The job's colours{named} are written as they are, without a profile.",),
    )
