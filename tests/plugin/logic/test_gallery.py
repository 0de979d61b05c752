"""Recent styles, favourites, ready-made ones, and pictures kept for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye_krita.logic.gallery import (
    MOST_RECENT,
    Gallery,
    from_json,
    name_of,
    place_for,
    ready_made,
    tidy,
    to_json,
)


def test_the_newest_style_comes_first_and_none_comes_twice() -> None:
    gallery = Gallery().used(["a"]).used(["b"]).used(["a", "c"])
    assert gallery.recent == ("a", "c", "b")


def test_the_oldest_styles_are_forgotten_but_no_favourite() -> None:
    gallery = Gallery().used(["old"]).liked("old", True)
    for number in range(MOST_RECENT):
        gallery = gallery.used([str(number)])
    assert "old" not in gallery.recent
    assert gallery.favourites == ("old",)


def test_a_style_can_be_liked_no_longer_and_removed() -> None:
    gallery = Gallery(("a", "b"), ("a",))
    assert gallery.liked("a", False).favourites == ()
    assert gallery.without("a") == Gallery(("b",), ())


def test_a_gallery_comes_back_as_it_was() -> None:
    gallery = Gallery(("/a b.png", "/ü.png"), ("/c.png",))
    assert from_json(to_json(gallery)) == gallery


@pytest.mark.parametrize("text", ["", "[]", "{", '{"recent": 3}', '{"favourites": [1, ""]}'])
def test_a_damaged_gallery_is_an_empty_one(text: str) -> None:
    assert from_json(text) == Gallery()


def test_some_styles_come_with_the_plugin_and_have_names() -> None:
    assert len(ready_made()) >= 4
    for path in ready_made():
        assert Path(path).is_file()
        assert name_of(path)[0].isupper()
    assert name_of("/somewhere/Starry Night.jpg") == "Starry Night"


def test_a_kept_picture_never_takes_the_place_of_another(tmp_path: Path) -> None:
    first = place_for(tmp_path, "Sky")
    first.write_bytes(b"")
    second = place_for(tmp_path, "Sky")
    assert (first.name, second.name) == ("Sky.png", "Sky 2.png")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "...", "C:\\x", "x" * 500])
def test_a_layers_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    file = place_for(tmp_path, name)
    assert file.parent == tmp_path
    assert file.resolve().parent == tmp_path.resolve()
    file.write_bytes(b"")


def test_kept_pictures_go_when_nobody_needs_them(tmp_path: Path) -> None:
    names = ("recent", "liked", "chosen", "forgotten")
    files = {name: tmp_path / f"{name}.png" for name in names}
    other = tmp_path / "not ours.txt"
    for file in (*files.values(), other):
        file.write_bytes(b"")
    gallery = Gallery((str(files["recent"]),), (str(files["liked"]),))
    tidy(tmp_path, gallery, [str(files["chosen"])])
    assert not files["forgotten"].exists()
    assert all(files[name].exists() for name in names[:3])
    assert other.exists()
