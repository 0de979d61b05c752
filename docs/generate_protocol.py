"""Writes docs/protocol.md from the protocol's own message types.

python docs/generate_protocol.py            # after every change of a message
python docs/generate_protocol.py --check    # exit status 1 if it is out of date
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any, get_args

import gramarye_protocol
from gramarye_protocol import (
    CAPABILITIES,
    DEFAULT_ADDRESS,
    DTYPES,
    HEARTBEAT_MS,
    HEARTBEAT_TIMEOUT_MS,
    LAYOUTS,
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Estimate,
    Hello,
    JobReport,
    Plane,
    Settings,
    encode,
)
from gramarye_protocol.checks import accepts
from gramarye_protocol.frames import CHUNK_BYTES, MAX_HEADER_BYTES
from gramarye_protocol.messages import FromClient, FromDaemon
from gramarye_protocol.planes import MAX_PLANE_BYTES
from gramarye_protocol.transfer import WINDOW_BYTES

PAGE = Path(__file__).with_name("protocol.md")
OBJECTS = (Plane, Settings, JobReport, Estimate)
PAYLOADS = {
    "chunk": "the piece's bytes",
    "progress": "the preview's bytes, where `preview` is there",
}

_INTRODUCTION = """\
# The protocol

*Generated from `shared/gramarye_protocol` by `docs/generate_protocol.py`: change it there.*

What the plugin and the command line say to the daemon, and what it answers. The package
`gramarye_protocol` has all of it in Python's standard library alone, without a socket: whoever
owns one gives what arrives to `ClientSession.receive`, sends what `ClientSession.outgoing`
yields and acts on the events. `daemon/gramarye/service/client.py` is a client that blocks, and
the plugin's `connection.py` one that never does.

## The wire

- A client is a ZeroMQ DEALER that connects to the daemon's ROUTER, `{address}` unless it was
  told otherwise: a loopback or `ipc://` address. ZMTP's heartbeats, every {heartbeat} s and
  missed after {timeout} s, tell who is gone.
- A message is one frame of JSON in UTF-8, at most {header} KiB, and for some types one frame of
  raw bytes behind it, at most {frame} MiB. The JSON is an object with the protocol's version in
  `gramarye`, the message's `type` and its fields:

  ```json
  {hello}
  ```

- This is version **{version}**. `hello` and `error` are readable by every version, so that
  peers that cannot work together can say so. Fields that a peer does not know are ignored, a
  field with a default may be left out; anything else is refused with an `error` of the code
  `garbage`.
- What came since version 1 began is a **capability**, which a peer names in its `hello` or
  `welcome`: {capabilities}. Ask only for what the other side has.
- Nothing is refused without a sentence for the artist; programs compare the code beside it.

## A job

1. `hello` → `welcome`. Whoever gives a name as `artist` finds the jobs again over any
   connection.
2. `submit`, under an id that the client chooses, with every plane described and no pixels. The
   daemon answers with a `credit` for each plane that it does not hold, the client sends
   `chunk`s of at most {chunk} KiB up to the credit's limit, and more credit follows: never more
   than {window} MiB ahead.
3. `accepted`: all of it is safe on the disk. It is repeated when the place in the queue
   changes.
4. `progress`, now and then with a preview, which is answered with `seen`: the next preview
   comes then.
5. `result`. The client gives `credit` for plane 0 and gets `chunk`s; when the pixels are kept,
   it says `received`. Or `error` with the job's id.

A connection that broke is replaced by another: `hello`, then `submit` or `follow` with the same
id, and everything goes on from the byte where it stood.

A plane's bytes are its rows from top to bottom without padding, at most {plane} GiB. Layouts,
in the order in which the samples lie in memory, with straight alpha: {layouts}. Sample types:
{dtypes}; integers span their whole range, floats are 0 to 1 and may exceed it.
"""


def page() -> str:
    """The whole page."""
    client, daemon = get_args(FromClient), get_args(FromDaemon)
    both = tuple(kind for kind in client if kind in daemon)
    parts = [_introduction()]
    for heading, kinds in (
        ("Client to daemon", [kind for kind in client if kind not in both]),
        ("Both ways", both),
        ("Daemon to client", [kind for kind in daemon if kind not in both]),
        ("Objects inside messages", OBJECTS),
    ):
        parts.append(f"## {heading}\n")
        parts += [_section(kind) for kind in kinds]
    return "\n".join(parts)


def _introduction() -> str:
    hello = json.loads(encode(Hello((1,), "my-script 1.0", "frida"))[0])
    return _INTRODUCTION.format(
        address=DEFAULT_ADDRESS,
        heartbeat=HEARTBEAT_MS // 1000,
        timeout=HEARTBEAT_TIMEOUT_MS // 1000,
        header=MAX_HEADER_BYTES >> 10,
        frame=MAX_FRAME_BYTES >> 20,
        hello=json.dumps(hello),
        version=PROTOCOL_VERSION,
        capabilities=_listed(CAPABILITIES),
        chunk=CHUNK_BYTES >> 10,
        window=WINDOW_BYTES >> 20,
        plane=MAX_PLANE_BYTES >> 30,
        layouts=_listed(LAYOUTS),
        dtypes=_listed(DTYPES),
    )


def _section(kind: Any) -> str:
    name = getattr(kind, "TYPE", kind.__name__)
    lines = [f"### `{name}`\n", _markdown(inspect.cleandoc(kind.__doc__)), ""]
    if name in PAYLOADS:
        lines += [f"Second frame: {PAYLOADS[name]}.", ""]
    fields = dataclasses.fields(kind)
    if not fields:
        return "\n".join([*lines, "No fields.", ""])
    lines += ["| field | value | if left out |", "|---|---|---|"]
    lines += [
        f"| `{field.name}` | {_value(accepts(field.metadata['check']))} | {_default(field)} |"
        for field in fields
    ]
    return "\n".join([*lines, ""])


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"`{json.dumps(field.default)}`"
    if field.default_factory is not dataclasses.MISSING:
        return "`{}`"
    return "refused"


def _value(words: str) -> str:
    """What a check accepts, with links to objects and large powers of two as such."""
    words = re.sub(r"one of ([\w-]+(?:, (?!or )[\w-]+)+)", lambda found: _choices(found[1]), words)
    words = re.sub(r"\b(\d{5,})\b", lambda found: _power(int(found[1])), words)
    return re.sub(r"an object (\w+)", lambda found: _link(found[1]), words)


def _choices(words: str) -> str:
    return "one of " + _listed(words.split(", "))


def _power(number: int) -> str:
    for exact in (number, number + 1):
        if exact & (exact - 1) == 0:
            power = f"2^{exact.bit_length() - 1}"
            return power if exact == number else f"{power} - 1"
    return str(number)


def _markdown(text: str) -> str:
    """A docstring's markup as Markdown's."""
    text = re.sub(r":\w+:`[~.]*(?:\w+\.)*(\w+)`", lambda found: _link(found[1]), text)
    return text.replace("``", "`")


def _link(name: str) -> str:
    kind = getattr(gramarye_protocol, name, None)
    shown = getattr(kind, "TYPE", name)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return f"[`{shown}`](#{shown.lower()})"
    return f"`{shown}`"


def _listed(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in words)


def main() -> int:
    """Write the page, or with ``--check`` compare it."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is out of date: run python docs/generate_protocol.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
