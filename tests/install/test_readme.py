"""What the pages print: commands and options that exist, and links that lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gramarye.cli import gramarye

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(gramarye [a-z][^`]*)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def shell_commands(text: str) -> Iterator[list[str]]:
    """Every simple command of the fenced shell blocks, as words."""
    for language, block in _FENCE.findall(text):
        if language not in ("sh", "bash", "console"):
            continue
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"^\s*\w+=\$\((.*)\)", r"\1", line)
            for command in re.split(r"&&|\||;", line):
                words = shlex.split(command.partition(" > ")[0], comments=True)
                if words:
                    yield words


def wrong(words: list[str], whole: bool = True) -> str:
    """What is wrong with a command; nothing is run. Where it is not ``whole``, arguments may be
    missing. Programs that are not this project's are taken as they are."""
    program, *rest = (re.sub(r"\$\w+", "variable", word) for word in words)
    if program.endswith(("python", "python3")) and rest and rest[0].endswith(".py"):
        return "" if (ROOT / rest[0]).is_file() else f"there is no {rest[0]}"
    if rest[:2] == ["-m", "gramarye"]:
        program, rest = "gramarye", rest[2:]
    if Path(program).name != "gramarye":
        return ""
    try:
        _parse(gramarye, "gramarye", rest)
    except click.MissingParameter as error:
        return error.format_message() if whole else ""
    except click.UsageError as error:
        message = error.format_message()
        return "" if "does not exist" in message and "File" in message else message
    except click.exceptions.Exit:  # --help and --version
        return ""
    return ""


def _parse(command: click.Command, name: str, words: list[str]) -> None:
    """As click does it, down to the subcommand; its function is not called."""
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        if found is None:
            raise click.UsageError(f"No such command {name!r}.")
        command = found
    command.make_context(name, list(words))


def slugs(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where the project is shown."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_every_command_in_a_block_could_be_run_as_it_is_printed(page: Path) -> None:
    found = [
        (shlex.join(words), trouble)
        for words in shell_commands(page.read_text(encoding="utf-8"))
        if (trouble := wrong(words))
    ]
    assert found == []


@pages
def test_every_command_in_a_sentence_exists(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    commands = (shlex.split(one.replace("…", "")) for one in _INLINE.findall(text))
    found = [
        (shlex.join(words), trouble) for words in commands if (trouble := wrong(words, whole=False))
    ]
    assert found == []


@pages
def test_every_link_and_picture_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    dead = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists() or (anchor and anchor not in slugs(file.read_text(encoding="utf-8"))):
            dead.append(target)
    assert dead == []


def test_the_readme_has_its_test_command_and_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert ["python3", "install/test.py"] in list(shell_commands(text))
    assert "(docs/pipeline.md)" in text
    assert "(CONTRIBUTING.md)" in text


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("gramarye stylise a b -o c", "No such command 'stylise'"),
        ("gramarye stylize a b -o c --colour off", "No such option"),
        ("gramarye stylize a b", "Missing option"),
        ("gramarye stylize a b -o c --quality perfect", "not one of"),
        (".venv/bin/gramarye weights fetch vgg99", "vgg99"),
        ("python3 install/nothing.py", "there is no install/nothing.py"),
    ],
)
def test_the_test_sees_what_is_wrong_with_a_command(command: str, sentence: str) -> None:
    assert sentence in wrong(command.split())
    block = f"```sh\nx=$({command})   # as printed\n```\n"
    assert list(shell_commands(block)) == [command.split()]
