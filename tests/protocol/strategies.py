"""Hypothesis strategies for messages: every type, every field within what its check allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gramarye_protocol import (
    DTYPES,
    LAYOUTS,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Drain,
    Estimate,
    Failure,
    FetchWeights,
    Follow,
    Hello,
    JobList,
    JobReport,
    JobsRequest,
    Keep,
    Pause,
    Plane,
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
    WeightsReport,
    Welcome,
)
from gramarye_protocol.fetching import FETCH_ACTIONS, FETCH_STATES, NETWORKS
from gramarye_protocol.messages import CAPABILITIES, FEATURES, INITS, QUALITIES, STATES
from gramarye_protocol.planes import MAX_PLANE_BYTES, ROLES

jobs = st.just("one") | st.from_regex(r"[A-Za-z0-9_.:-]{1,64}", fullmatch=True)
bytes_counts = st.integers(0, MAX_PLANE_BYTES)
counts = st.integers(0, 1 << 31)
losses = st.dictionaries(
    st.text(max_size=64), st.floats(allow_nan=False, allow_infinity=False), max_size=4
)


def words(longest: int) -> st.SearchStrategy[str]:
    return st.text(max_size=min(longest, 40))


planes = st.builds(
    Plane,
    role=st.sampled_from(ROLES),
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    layout=st.sampled_from(sorted(LAYOUTS)),
    dtype=st.sampled_from(sorted(DTYPES)),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    byte_order=st.sampled_from(("little", "big")),
    profile=words(256),
    offset_x=st.integers(-(1 << 31), 1 << 31),
    offset_y=st.integers(-(1 << 31), 1 << 31),
    memo=words(16_384),
)

settings = st.builds(
    Settings,
    features=st.sampled_from(FEATURES),
    quality=st.sampled_from(QUALITIES),
    size=st.none() | st.integers(16, 65_536),
    steps=st.none() | st.integers(1, 100_000),
    strength=st.floats(0, 100),
    content_weight=st.none() | st.floats(0, 1e12),
    init=st.sampled_from(INITS),
    content_layers=st.lists(words(32), max_size=3).map(tuple),
    seed=st.integers(0, (1 << 31) - 1),
)

previews = st.builds(
    Plane,
    role=st.just("preview"),
    width=st.integers(1, 16),
    height=st.integers(1, 16),
    layout=st.just("RGB"),
    dtype=st.just("u8"),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
)

estimates = st.builds(Estimate, st.floats(0, 1e12), st.integers(0, 1 << 50))

priorities = st.integers(-100, 100)
capabilities = st.lists(st.sampled_from(CAPABILITIES) | words(32), max_size=6).map(tuple)

reports = st.builds(
    JobReport,
    jobs,
    words(64),
    st.sampled_from(STATES),
    st.none() | counts,
    st.floats(0, 1),
    st.none() | st.floats(0, 1e9),
    priorities,
    st.floats(0, 1e12),
    counts,
    st.lists(words(1024), max_size=3).map(tuple),
    words(64),
    words(1024),
    st.booleans(),
)

chunks = st.tuples(
    st.builds(Chunk, jobs, st.integers(0, 7), bytes_counts), st.binary(min_size=1, max_size=64)
)
previewed = st.builds(
    Progress,
    jobs,
    counts,
    counts,
    losses,
    st.none() | st.floats(0, 1e9),
    words(128),
    previews,
    st.none() | estimates,
).map(lambda progress: (progress, bytes(progress.preview.nbytes)))  # type: ignore[union-attr]
bare = st.one_of(
    st.builds(
        Hello,
        st.lists(st.integers(1, 9), max_size=4).map(tuple),
        words(128),
        words(64),
        capabilities,
    ),
    st.builds(Submit, jobs, st.lists(planes, max_size=8).map(tuple), settings, priorities),
    st.builds(Follow, jobs),
    st.builds(Cancel, jobs),
    st.builds(Keep, jobs),
    st.builds(Pause, jobs),
    st.builds(Resume, jobs),
    st.builds(Prioritise, jobs, priorities),
    st.builds(JobsRequest, st.booleans()),
    st.builds(Drain),
    st.builds(Seen, jobs),
    st.builds(StatusRequest),
    st.builds(FetchWeights, st.sampled_from(NETWORKS), st.sampled_from(FETCH_ACTIONS)),
    st.builds(
        WeightsReport,
        st.sampled_from(NETWORKS),
        st.sampled_from(FETCH_STATES),
        have=counts,
        sentence=words(1024),
    ),
    st.builds(Received, jobs),
    st.builds(Credit, jobs, st.integers(0, 7), bytes_counts, bytes_counts),
    st.builds(
        Welcome,
        st.just(1),
        words(128),
        available=st.tuples(words(32), words(32)),
        capabilities=capabilities,
    ),
    st.builds(Accepted, jobs, counts, st.none() | st.floats(0, 1e9)),
    st.builds(Standing, reports),
    st.builds(JobList, st.lists(reports, max_size=3).map(tuple), st.booleans()),
    st.builds(Progress, jobs, counts, counts, losses),
    st.builds(
        Result,
        jobs,
        planes,
        words(256),
        words(1024),
        losses,
        st.floats(0, 1e9),
        memory=st.none() | st.integers(0, 1 << 50),
    ),
    st.builds(Failure, words(64), words(1024), st.none() | jobs),
    st.builds(
        Status,
        words(128),
        running=counts,
        seconds_up=st.floats(0, 1e12),
        draining=st.booleans(),
    ),
).map(lambda message: (message, None))

messages: st.SearchStrategy[tuple[Any, bytes | None]] = st.one_of(bare, chunks, previewed)
"""A message with its payload, or ``None``."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
