"""Every word that the artist reads can be translated, and German is complete."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from gramarye_krita import translate

PLUGIN = Path(translate.__file__).parent
LANGUAGES = sorted(file.stem for file in translate.FOLDER.glob("*.json"))
SPEAKING = [
    *sorted((PLUGIN / "ui").glob("*.py")),
    *sorted(file for file in (PLUGIN / "logic").glob("*.py") if file.name != "diagnostics.py"),
    *(
        PLUGIN / f"{name}.py"
        for name in (
            "connection",
            "controller",
            "daemons",
            "docker",
            "extension",
            "fetching",
            "inserting",
            "jobs_desk",
            "launcher",
            "model",
            "previewing",
            "running",
            "styles",
            "setting_up/fetching",
            "setting_up/process",
        )
    ),
]
"""What the artist reads comes from these. A report is always in English."""

NAMES = {
    "paintLayer",
    "VGG-19",
    "VGG-16",
    "L-BFGS",
    "Adam",
    "PNG",
    "Gramarye",
    "Krita",
    "Qt",
    "Python",
    "Scripts/python.exe",
    "Accept",
    "import pip",
}
"""The same in every language, or of an icon."""
_WORD = re.compile(r"[A-Z][a-z]+|[A-Za-z]{2,} [A-Za-z]{2,}")

_COMMAND = re.compile(r"^(gramarye serve|gramarye fetch|python3 -m pip|ssh) |^ --")
"""To be typed as it stands."""


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
            yield node


def spoken(file: Path) -> Iterator[str]:
    """The English texts that a file has translated."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for name, count in (("tr", 1), ("trn", 2)):
        for call in calls(tree, name):
            for argument in call.args[:count]:
                assert isinstance(argument, ast.Constant), f"{file.name}:{call.lineno}: no literal"
                assert isinstance(argument.value, str)
                yield argument.value


def english() -> set[str]:
    files = [file for file in PLUGIN.rglob("*.py") if file.name != "translate.py"]
    return {text for file in files if "vendor" not in file.parts for text in spoken(file)}


def told_apart(tree: ast.AST) -> set[int]:
    """Strings that nobody sees: documentation, translated ones, what programmers' errors say."""
    apart: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            apart |= {id(one.value) for one in body if isinstance(one, ast.Expr)}
        if isinstance(node, ast.Raise) and getattr(getattr(node.exc, "func", None), "id", "") in (
            "OSError",
            "ValueError",
        ):
            apart |= {id(one) for one in ast.walk(node)}
    for name in ("tr", "trn"):
        for call in calls(tree, name):
            apart |= {id(argument) for argument in call.args}
    return apart


@pytest.mark.parametrize("file", SPEAKING, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_word_that_the_artist_reads_escapes_translation(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    apart = told_apart(tree)
    escaped = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in apart
        and node.value not in NAMES
        and _WORD.search(node.value)
        and not _COMMAND.search(node.value)
    ]
    assert escaped == []


def test_no_refusal_of_the_canvas_escapes_translation() -> None:
    """Its other strings are Krita's own names, of actions and of colour spaces."""
    escaped = [
        (file.name, call.lineno)
        for file in sorted((PLUGIN / "canvas").glob("*.py"))
        for name in ("Refusal", "DocumentClosed")
        for call in calls(ast.parse(file.read_text(encoding="utf-8")), name)
        if not isinstance(call.args[0], ast.Call)
    ]
    assert escaped == []


def test_the_test_sees_a_word_that_escapes() -> None:
    tree = ast.parse('"""Told."""\nlabel.setText("Stop now")\nlabel.setText(tr("Stop"))')
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in told_apart(tree)
    ]
    assert [word for word in words if _WORD.search(str(word))] == ["Stop now"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete_and_has_nothing_left_over(language: str) -> None:
    texts = translate.read(language)
    assert sorted(english() - set(texts)) == []
    assert sorted(set(texts) - english()) == []


def test_german_is_among_the_languages() -> None:
    assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_values_and_keys_as_its_source(language: str) -> None:
    for source, text in translate.read(language).items():
        assert text.strip(), source
        assert placeholders(text) == placeholders(source), source
        assert mnemonics(text) == mnemonics(source), source
        assert text.count("\n") == source.count("\n"), source


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def mnemonics(text: str) -> int:
    return text.count("&")


@pytest.mark.parametrize("language", [translate.SOURCE, *LANGUAGES])
def test_no_two_fields_of_the_dialog_share_a_key(language: str) -> None:
    files = [
        PLUGIN / "ui" / f"{name}.py"
        for name in ("controls", "daemon", "dialog", "gallery", "jobs", "places", "preview")
    ]
    sources = [text for file in files for text in spoken(file) if "&" in text and "…" not in text]
    texts = translate.read(language) if language != translate.SOURCE else {}
    keys = Counter(
        re.search(r"&(.)", texts.get(source, source)).group(1).lower()  # type: ignore[union-attr]
        for source in sources
        if source != "&Paste"  # in a menu of its own
    )
    assert {key for key, count in keys.items() if count > 1} == set()


@pytest.fixture
def silence() -> Iterator[None]:
    yield
    translate.speak([])


@pytest.mark.usefixtures("silence")
def test_the_first_language_that_is_known_is_spoken() -> None:
    assert translate.speak(["xx_YY", "de_AT.UTF-8", "en"]) == "de"
    assert translate.tr("Apply to Selected Layers") != "Apply to Selected Layers"
    assert translate.speak(["en-GB", "de"]) == "en"
    assert translate.tr("Apply to Selected Layers") == "Apply to Selected Layers"


@pytest.mark.parametrize("name", ["", "../de", "/etc/passwd", "C"])
@pytest.mark.usefixtures("silence")
def test_no_name_of_a_language_leads_to_another_file(name: str) -> None:
    assert translate.speak([name]) == translate.SOURCE


@pytest.mark.usefixtures("silence")
def test_values_are_put_in_where_their_names_stand() -> None:
    assert translate.tr("{a} of {b}", a=1, b=2) == "1 of 2"
    assert translate.tr("no {braces} to fill") == "no {braces} to fill"
    assert translate.trn("1 layer", "{number} layers", 1) == "1 layer"
    assert translate.trn("1 layer", "{number} layers", 3) == "3 layers"


def test_the_files_are_sorted_so_that_changes_can_be_read() -> None:
    for language in LANGUAGES:
        texts = json.loads((translate.FOLDER / f"{language}.json").read_text(encoding="utf-8"))
        assert list(texts) == sorted(texts)
