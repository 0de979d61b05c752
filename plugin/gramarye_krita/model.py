"""What the plugin knows about the daemon, and how it says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from .errors import Refusal
from .logic.telling import notice_words
from .translate import tr

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Link(Enum):
    """Where the connection stands."""

    LOOKING = "looking"
    ABSENT = "absent"
    STARTING = "starting"
    REFUSED = "refused"
    READY = "ready"


@dataclass(frozen=True)
class Daemon:
    """The daemon as it is seen from here."""

    address: str
    link: Link = Link.LOOKING
    features: str = ""
    device: str = ""
    notice: str = ""
    trouble: str = ""
    """Why it was refused, as a sentence."""
    available: tuple[str, ...] = ()
    """All features that it has; empty while it has not said."""

    @property
    def ready(self) -> bool:
        """Whether it takes a job now. It may still be loading its networks."""
        return self.link is Link.READY

    @property
    def loading(self) -> bool:
        """Whether it answers, but has not said yet what it computes with."""
        return self.ready and not self.features


def away_words() -> str:
    """What becomes of a job whose daemon went away."""
    return tr("The daemon went away; the job goes on when it is back.")


def check_address(address: str) -> str:
    """An address that this plugin connects to, without the blanks around it.

    Pixels travel unencrypted, so only this machine's own addresses are taken.

    Raises:
        Refusal: it is no address, or it leads to another machine.
    """
    address = address.strip()
    parts = urlsplit(address)
    if parts.scheme == "ipc" and len(address) > len("ipc://"):
        return address
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme != "tcp" or host is None or not port or parts.path:
        raise Refusal(
            tr(
                "“{address}” is not an address of a daemon. Write it like tcp://127.0.0.1:5599.",
                address=address,
            )
        )
    if host not in _LOOPBACK:
        raise Refusal(
            tr(
                "{host} is another machine, and pictures would travel there unprotected. Open a "
                "tunnel to it, such as ssh -L 5599:127.0.0.1:5599 {host}, and use this machine's "
                "end of it: tcp://127.0.0.1:5599.",
                host=host,
            )
        )
    return address


def serve_words(address: str) -> str:
    """The command that starts a daemon at this address."""
    return f"gramarye serve --bind {address}"


def setup_words() -> str:
    """What to say where no daemon answers, and none is installed that could be started."""
    return tr(
        "The program that computes is not on this computer yet, or is broken. Press Set Up to "
        "fetch it."
    )


def daemon_words(daemon: Daemon) -> str:
    """One line about the daemon, for below its address."""
    if daemon.link is Link.LOOKING:
        return tr("Looking for the daemon…")
    if daemon.link is Link.STARTING:
        return tr("The daemon is starting. The first time this can take a minute…")
    if daemon.link is Link.REFUSED:
        return daemon.trouble
    if daemon.link is Link.ABSENT:
        return tr(
            "No daemon answers at {address}. Press Start Daemon, or run this in a "
            "terminal:\n{command}",
            address=daemon.address,
            command=serve_words(daemon.address),
        )
    if daemon.loading:
        return tr("The daemon is loading its networks. You can press Apply already.")
    features = features_words(daemon.features)
    if daemon.device:
        line = tr("Computes with {features} on {device}.", features=features, device=daemon.device)
    else:
        line = tr("Computes with {features}.", features=features)
    return f"{line} {notice_words(daemon.notice)}".strip()


def features_words(features: str) -> str:
    """The name that an artist may have heard of."""
    if features == "builtin":
        return tr("built-in patch features")
    return {"vgg19": "VGG-19", "vgg16": "VGG-16"}.get(features, features)
