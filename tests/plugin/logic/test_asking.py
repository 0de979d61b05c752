"""From choices to settings, for a whole layer and for a part of it."""

from __future__ import annotations

import pytest

from gramarye_krita.errors import Refusal
from gramarye_krita.logic.asking import (
    DRAFT_STEPS,
    Crop,
    crop_of,
    preview_settings,
    settings_for,
    style_side,
)
from gramarye_krita.logic.choices import Choices, Style
from gramarye_protocol import Settings

ONE = (Style("/a.png"),)


def test_settings_say_what_was_chosen() -> None:
    choices = Choices(ONE, recipe="crisp", strength=70, size=768, quality="best")
    settings = settings_for(choices, 4000, 3000)
    assert settings == Settings(recipe="crisp", quality="best", strength=70.0, size=768)


def test_what_was_not_chosen_is_left_to_the_recipe() -> None:
    settings = settings_for(Choices(ONE), 512, 512)
    assert settings.style_scale is None
    assert settings.keep_colours is None
    assert settings.style_shares == ()


def test_strokes_colours_and_shares_reach_the_settings() -> None:
    choices = Choices((*ONE, Style("/b.png", 25)), stroke=250, colours="match")
    settings = settings_for(choices, 512, 512)
    assert settings.style_scale == 2.5
    assert settings.keep_colours == "match"
    assert settings.style_shares == (100.0, 25.0)


def test_the_advanced_fields_win() -> None:
    settings = settings_for(Choices(ONE, advanced={"seed": 3, "content_weight": 0.5}), 512, 512)
    assert (settings.seed, settings.content_weight) == (3, 0.5)


def test_without_a_style_the_sentence_says_where_to_find_one() -> None:
    with pytest.raises(Refusal, match="Choose a style first"):
        settings_for(Choices(), 512, 512)


def test_a_style_is_read_as_large_as_its_strokes_need() -> None:
    settings = Settings(size=800)
    assert style_side(Choices(ONE), settings) == 800
    assert style_side(Choices(ONE, stroke=50), settings) == 400
    assert style_side(Choices(ONE, stroke=300), settings) == 800  # the daemon enlarges it


def test_a_crop_lies_inside_its_area_wherever_its_middle_is_wanted() -> None:
    area = (10, 20, 1000, 500)
    for centre in ((0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.03, 0.9)):
        crop = crop_of(area, 500, centre, 192)
        assert crop.width == crop.height == 384
        assert 10 <= crop.x <= 10 + 1000 - 384
        assert 20 <= crop.y <= 20 + 500 - 384
        assert crop.side == 192
    assert crop_of(area, 500, (0.5, 0.5), 192).box == (318, 78, 384, 384)


def test_a_picture_smaller_than_the_crop_is_its_own_crop() -> None:
    crop = crop_of((0, 0, 100, 60), 100, (0.2, 0.9), 192)
    assert crop == Crop(0, 0, 100, 60, 100)


def test_a_long_strip_is_not_enlarged_for_its_preview() -> None:
    crop = crop_of((0, 0, 4000, 40), 500, (0.5, 0.5), 192)
    assert (crop.width, crop.height, crop.side) == (1536, 40, 192)


def test_strokes_in_a_preview_have_the_size_that_they_will_have() -> None:
    whole = Settings(size=768, quality="best", seed=4)
    crop = Crop(0, 0, 300, 300, 192)
    part = preview_settings(whole, crop, style_longest=768)
    assert (part.quality, part.size, part.seed) == ("draft", 192, 4)
    assert part.style_scale == pytest.approx(768 / 192)
    larger = preview_settings(Settings(size=768, style_scale=2.0), crop, style_longest=768)
    assert larger.style_scale == pytest.approx(2 * 768 / 192)


def test_a_preview_of_a_papers_recipe_takes_no_thousand_steps() -> None:
    crop = Crop(0, 0, 300, 300, 192)
    assert preview_settings(Settings(size=512, recipe="warm"), crop, 512).steps is None
    assert preview_settings(Settings(size=512, recipe="article"), crop, 512).steps == DRAFT_STEPS
    assert preview_settings(Settings(size=512, steps=9000), crop, 512).steps == DRAFT_STEPS
    assert preview_settings(Settings(size=512, steps=5), crop, 512).steps == 5


def test_a_small_style_is_not_enlarged_in_the_preview_either() -> None:
    part = preview_settings(Settings(size=768), Crop(0, 0, 300, 300, 192), style_longest=200)
    assert part.style_scale == pytest.approx(200 / 192)


def test_the_previews_scale_stays_within_what_the_daemon_takes() -> None:
    huge = preview_settings(Settings(size=8192), Crop(0, 0, 300, 300, 192), style_longest=8192)
    assert huge.style_scale == 10.0
