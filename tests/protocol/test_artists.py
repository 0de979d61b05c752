"""A name for the artist who gives none."""

from __future__ import annotations

import pytest

from gramarye_protocol import LONGEST_ARTIST, Hello, decode, encode, login_name


@pytest.mark.parametrize(("user", "name"), [("frida", "frida"), (99 * "x", LONGEST_ARTIST * "x")])
def test_the_login_name_is_one_that_a_daemon_takes(
    user: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: user)
    assert login_name() == name
    assert decode(encode(Hello((1,), "test", name)))[0] == Hello((1,), "test", name)


def test_a_system_that_knows_no_name_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert login_name() == ""
