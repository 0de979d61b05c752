"""Gramarye's protocol: typed messages, planes of pixels, and a session without a socket.

Standard library only, because Krita's own Python has nothing else. Start at
:mod:`~gramarye_protocol.messages` for what can be said and at
:mod:`~gramarye_protocol.session` for how a client says it.
"""

from .artists import LONGEST_ARTIST, login_name
from .errors import GarbageError, OutdatedError, ProtocolError, VersionError
from .events import Event, Finished, Listed, Progressed, Sent, job_of
from .fetching import FetchWeights, WeightsReport
from .frames import MAX_FRAME_BYTES, decode, encode
from .messages import (
    CAPABILITIES,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Drain,
    Estimate,
    Failure,
    Follow,
    Hello,
    JobList,
    JobReport,
    JobsRequest,
    Keep,
    Message,
    Pause,
    Prioritise,
    Progress,
    Received,
    Result,
    Resume,
    Seen,
    Settings,
    Standing,
    Status,
    StatusRequest,
    Submit,
    Welcome,
)
from .notices import BUILTIN_NOTICE
from .planes import DTYPES, LAYOUTS, Plane, describe
from .session import ClientSession
from .transfer import Incoming, Outgoing
from .version import HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS, PROTOCOL_VERSION, __version__

DEFAULT_ADDRESS = "tcp://127.0.0.1:5599"

__all__ = [
    "BUILTIN_NOTICE", "CAPABILITIES", "DEFAULT_ADDRESS", "DTYPES", "HEARTBEAT_MS",
    "HEARTBEAT_TIMEOUT_MS", "LAYOUTS",
    "LONGEST_ARTIST", "MAX_FRAME_BYTES", "PROTOCOL_VERSION", "Accepted", "Cancel", "Chunk",
    "ClientSession", "Credit", "Drain", "Estimate", "Event", "Failure", "FetchWeights", "Finished",
    "Follow", "GarbageError", "Hello", "Incoming", "JobList", "JobReport", "JobsRequest", "Keep",
    "Listed", "Message", "OutdatedError", "Outgoing", "Pause", "Plane", "Prioritise", "Progress",
    "Progressed", "ProtocolError", "Received", "Result", "Resume", "Seen", "Sent", "Settings",
    "Standing", "Status", "StatusRequest", "Submit", "VersionError", "WeightsReport", "Welcome",
    "__version__", "decode", "describe", "encode", "job_of", "login_name",
]  # fmt: skip
