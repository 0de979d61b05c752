"""Every cell of the table of a job's life."""

from __future__ import annotations

import pytest

from gramarye.service.errors import RefusedError
from gramarye.service.store.errors import TransitionError
from gramarye.service.store.lifecycle import ENDED, UNFINISHED, Event, State, after

# One row for each state; the events in the order in which they are declared; "-": refused.
EVENTS = (
    "WHOLE STARTED YIELDED INTERRUPTED LOST LOST_AGAIN "
    "PAUSED RESUMED FINISHED FAILED CANCELLED EXPIRED"
)
TABLE = {
    "UPLOADING": "QUEUED - - - - - - - - FAILED CANCELLED EXPIRED",
    "QUEUED": "- RUNNING - - - - PAUSED - - FAILED CANCELLED -",
    "RUNNING": "- - QUEUED QUEUED QUEUED FAILED PAUSED - DONE FAILED CANCELLED -",
    "PAUSED": "- - - - - - - QUEUED - FAILED CANCELLED -",
    "DONE": "- - - - - - - - - - - EXPIRED",
    "FAILED": "- - - - - - - - - - - -",
    "CANCELLED": "- - - - - - - - - - - -",
    "EXPIRED": "- - - - - - - - - - - -",
}


def cell(state: State, event: Event) -> str:
    return dict(zip(EVENTS.split(), TABLE[state.name].split(), strict=True))[event.name]


def test_the_table_here_has_every_state_and_every_event() -> None:
    assert list(TABLE) == [state.name for state in State]
    assert EVENTS.split() == [event.name for event in Event]


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("state", list(State))
def test_each_event_leads_where_the_table_says_or_is_refused(state: State, event: Event) -> None:
    expected = cell(state, event)
    if expected == "-":
        with pytest.raises(TransitionError, match=f"is {state.value}: it cannot") as caught:
            after(state, event)
        assert caught.value.code == "state"
        assert isinstance(caught.value, RefusedError)
    else:
        assert after(state, event) is State[expected]


def test_a_state_either_has_ended_or_not_and_only_a_result_may_still_expire() -> None:
    assert {*ENDED, *UNFINISHED} == set(State)
    assert not {*ENDED} & {*UNFINISHED}
    ways = {(state, event) for state in ENDED for event in Event if cell(state, event) != "-"}
    assert ways == {(State.DONE, Event.EXPIRED)}


def test_every_unfinished_job_can_end_and_every_state_can_be_reached() -> None:
    for state in UNFINISHED:
        assert after(state, Event.FAILED) is State.FAILED
        assert after(state, Event.CANCELLED) is State.CANCELLED
    reached = {State.UPLOADING}
    for _ in State:
        reached |= {
            State[cell(state, event)]
            for state in reached
            for event in Event
            if cell(state, event) != "-"
        }
    assert reached == set(State)
