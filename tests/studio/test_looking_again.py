"""A studio for which weights come while it is at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.engine.places import cache_directory
from gramarye.saved import Checkpoint
from gramarye.studio import Rendered, Studio, Update
from gramarye_protocol import BUILTIN_NOTICE, Settings

from .jobs import pair, rendered, slim_vgg

JOB = Settings(steps=2, seed=1)


def _weights_come(folder: Path) -> None:
    cache_directory().mkdir(parents=True)
    slim_vgg(folder).rename(cache_directory() / "vgg19.pth")


def test_the_next_job_uses_them_and_the_present_one_keeps_its_own(tmp_path: Path) -> None:
    studio = Studio("cpu")
    undisturbed = rendered(studio, JOB, pair())
    assert (studio.features, studio.notice) == ("builtin", BUILTIN_NOTICE)
    moments = studio.render(JOB, pair())
    next(moments)
    _weights_come(tmp_path)
    studio.look_again()
    assert (studio.features, studio.available, studio.notice) == ("vgg19", ("builtin", "vgg19"), "")
    *_, present = moments
    assert isinstance(present, Rendered)
    assert bytes(present.pixels.data) == bytes(undisturbed.pixels.data)
    assert present.notice == BUILTIN_NOTICE
    following = rendered(studio, JOB, pair())
    assert following.features.startswith("vgg19")
    assert following.notice == ""


def test_a_job_that_was_saved_before_goes_on_with_the_features_it_began_with(
    tmp_path: Path,
) -> None:
    studio = Studio("cpu")
    saved: list[Checkpoint] = []
    for moment in studio.render(JOB, pair()):
        if isinstance(moment, Update) and moment.checkpoint is not None and not saved:
            saved.append(moment.checkpoint())
            break
    undisturbed = rendered(studio, JOB, pair(), saved[0])
    _weights_come(tmp_path)
    for later in (studio, Studio("cpu")):
        later.look_again()
        ended = rendered(later, JOB, pair(), saved[0])
        assert bytes(ended.pixels.data) == bytes(undisturbed.pixels.data)
        assert ended.features == undisturbed.features
        assert ended.notice == BUILTIN_NOTICE


def test_weights_that_were_given_are_not_exchanged(tmp_path: Path) -> None:
    given = tmp_path / "own"
    given.mkdir()
    studio = Studio("cpu", slim_vgg(given))
    cache_directory().mkdir(parents=True)
    (cache_directory() / "vgg16.pth").write_bytes(b"whatever comes")
    studio.look_again()
    assert studio.available == ("builtin", "vgg19")


@pytest.mark.parametrize("about", [{}, {"within": None}, {"within": {"job": 7}}])
def test_a_saved_state_that_names_no_job_is_begun_anew(about: dict) -> None:
    ended = rendered(Studio("cpu"), JOB, pair(), Checkpoint({}, about))
    assert "begins anew" in ended.notice
