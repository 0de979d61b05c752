"""What the plugin and the protocol may import: Krita's Python has next to nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "plugin" / "gramarye_krita"
PROTOCOL = ROOT / "shared" / "gramarye_protocol"
STDLIB = set(sys.stdlib_module_names)


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imported(source: Path) -> Iterator[str]:
    """Top-level names of the packages that a file imports; its own package's are relative."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert node.module is not None
            yield node.module.split(".")[0]


@pytest.mark.parametrize("source", sources(PROTOCOL), ids=lambda path: path.name)
def test_the_protocol_imports_the_standard_library_only(source: Path) -> None:
    assert set(imported(source)) <= STDLIB


@pytest.mark.parametrize("source", sources(PLUGIN), ids=lambda path: path.name)
def test_the_plugin_imports_the_protocol_zmq_and_krita_only(source: Path) -> None:
    assert set(imported(source)) <= STDLIB | {"gramarye_protocol", "zmq", "krita"}


def test_only_one_file_names_a_qt_binding() -> None:
    naming = [source.name for source in sources(PLUGIN) if "PyQt" in source.read_text()]
    assert naming == ["qt.py"]


def test_only_the_host_and_the_package_itself_import_krita() -> None:
    importing = [source.name for source in sources(PLUGIN) if "krita" in imported(source)]
    assert importing == ["__init__.py", "host.py"]


@pytest.mark.parametrize("source", sources(PLUGIN) + sources(PROTOCOL), ids=lambda path: path.name)
def test_python_3_10_can_read_it(source: Path) -> None:
    ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 10))


def test_outside_krita_the_logic_imports_and_no_qt_does() -> None:
    program = (
        "import sys, gramarye_krita\n"
        "from gramarye_krita import errors, launcher, model, paths, translate\n"
        "import importlib, pathlib, gramarye_krita.logic as logic\n"
        "for file in pathlib.Path(logic.__file__).parent.glob('*.py'):\n"
        "    importlib.import_module('gramarye_krita.logic.' + file.stem)\n"
        "assert not [name for name in sys.modules if name.startswith(('PyQt', 'zmq', 'krita'))]\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd="/")


@pytest.mark.parametrize("source", sources(PLUGIN), ids=lambda path: path.name)
def test_enumerations_are_written_in_full_as_qt_6_wants_them(source: Path) -> None:
    """``Qt.AlignLeft`` and ``QFrame.Sunken`` are gone there: ``Qt.AlignmentFlag.AlignLeft``."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    short = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and id(node) not in inner and is_short(node)
    ]
    assert short == []


def is_short(node: ast.Attribute) -> bool:
    """A capital member right below ``Qt`` or below a class of a module of Qt."""
    owner = node.value
    if not node.attr[0].isupper():
        return False
    if isinstance(owner, ast.Name):
        return owner.id == "Qt"
    return (
        isinstance(owner, ast.Attribute)
        and isinstance(owner.value, ast.Name)
        and owner.value.id in ("QtCore", "QtGui", "QtWidgets")
        and owner.attr != "Qt"
    )


def test_the_test_sees_a_short_enumeration() -> None:
    tree = ast.parse("Qt.AlignLeft; QtWidgets.QFrame.Sunken; Qt.Key.Key_Up; QtCore.QRect")
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert sum(is_short(node) for node in nodes if node.attr in ("AlignLeft", "Sunken")) == 2
