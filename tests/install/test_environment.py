"""The two commands' own code: what it does where something is missing, and what it needs itself."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

INSTALL = Path(__file__).parents[2] / "install"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch):
    """Loads a script of install/ as Python does when it is run there."""
    monkeypatch.syspath_prepend(str(INSTALL))

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, INSTALL / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, loaded)
        spec.loader.exec_module(loaded)
        return loaded

    return load


@pytest.mark.parametrize("script", sorted(INSTALL.glob("*.py")), ids=lambda path: path.name)
def test_the_scripts_need_nothing_but_the_standard_library(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.partition(".")[0] in {*sys.stdlib_module_names, "environment"}


def test_an_old_python_is_refused_with_a_sentence(module, monkeypatch) -> None:
    environment = module("environment")
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (4, 0))

    with pytest.raises(environment.InstallError, match=r"needs Python 4\.0 or newer"):
        environment.environment()


def test_a_debian_without_venv_is_told_which_package_it_lacks(module, monkeypatch) -> None:
    environment = module("environment")
    monkeypatch.setattr(environment, "is_debian_root", lambda: False)
    monkeypatch.setattr(environment.sys, "executable", "/usr/bin/python3.99")

    with pytest.raises(environment.InstallError, match=r"sudo apt-get install python3\.\d+-venv"):
        environment._install_venv_module()


def test_a_debian_without_venv_gets_it_from_apt_as_root(module, monkeypatch) -> None:
    environment = module("environment")
    installed: list[str] = []
    monkeypatch.setattr(environment, "is_debian_root", lambda: True)
    monkeypatch.setattr(environment, "apt_install", installed.extend)
    monkeypatch.setattr(environment.sys, "executable", "/usr/bin/python3.99")

    environment._install_venv_module()

    assert installed == [f"python3.{sys.version_info.minor}-venv"]


def test_cpu_wheels_out_of_reach_fall_back_to_pypi_aloud(module, monkeypatch, capsys) -> None:
    environment = module("environment")
    ran: list[list[str]] = []
    works = iter([False, True])
    monkeypatch.setattr(environment, "CPU_INDEX", "http://127.0.0.1:9")
    monkeypatch.setattr(environment.sys, "platform", "linux")
    monkeypatch.setattr(environment, "_has_nvidia_driver", lambda: False)
    monkeypatch.setattr(environment, "_torch_works", lambda _python: next(works))
    monkeypatch.setattr(environment, "_succeeds", lambda _command: True)
    monkeypatch.setattr(environment, "_run", lambda command, _env=None: ran.append(command) or 0)

    environment._install_torch(Path("python"))

    told = capsys.readouterr().out
    assert "trying PyTorch's smaller CPU wheels" in told
    assert "cannot be reached" in told
    assert "from PyPI instead" in told
    assert [command[-2:] for command in ran] == [["torch>=2.4", "torchvision>=0.19"]]
    assert "--index-url" not in ran[0]


def test_torch_and_torchvision_that_do_not_fit_together_are_an_error(module, monkeypatch) -> None:
    environment = module("environment")
    monkeypatch.setattr(environment.sys, "platform", "darwin")
    monkeypatch.setattr(environment, "_torch_works", lambda _python: False)
    monkeypatch.setattr(environment, "_run", lambda _command, _env=None: 0)

    with pytest.raises(environment.InstallError, match="do not work together"):
        environment._install_torch(Path("python"))


def test_the_closing_line_counts_the_tests_in_krita_only(module, monkeypatch, tmp_path) -> None:
    script = module("test")
    report = tmp_path / "junit.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase classname="tests.krita.test_a" name="a"/>'
        '<testcase classname="tests.krita.test_a" name="b"><skipped/></testcase>'
        '<testcase classname="tests.krita.test_b" name="c"><failure/></testcase>'
        '<testcase classname="tests.engine.test_a" name="d"/>'
        "</testsuite></testsuites>"
    )
    monkeypatch.setattr(script, "REPORT", report)

    assert script._krita_counts() == "1 passed, 1 skipped, 1 failed"


def test_a_run_that_never_got_to_krita_counts_nothing(module, monkeypatch, tmp_path) -> None:
    script = module("test")
    monkeypatch.setattr(script, "REPORT", tmp_path / "none.xml")

    assert script._krita_counts() == "0 passed, 0 skipped"
