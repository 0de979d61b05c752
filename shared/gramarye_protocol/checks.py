"""Checks for the fields of a message: what a JSON value must be before anything uses it.

A check is a function ``(name, value) -> value`` that returns the accepted value or raises
:class:`GarbageError` with the field's name. Dataclass fields carry their check in their metadata;
:func:`build` applies them. Unknown fields are ignored, so that a newer peer may say more.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .errors import GarbageError

Check = Callable[[str, Any], Any]
T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def checked(check: Check, **options: Any) -> Any:
    """A dataclass field that is accepted only through ``check``."""
    return dataclasses.field(metadata={"check": check}, **options)


def accepts(check: Check) -> str:
    """What a check accepts, in words: for sentences and for the protocol's reference."""
    words: str = getattr(check, "accepts")  # noqa: B009 - a function's attribute
    return words


def _in_words(words: str) -> Callable[[Check], Check]:
    """Says what the check below it accepts."""

    def say(check: Check) -> Check:
        setattr(check, "accepts", words)  # noqa: B010 - a function's attribute
        return check

    return say


def text(longest: int) -> Check:
    """A string of at most ``longest`` characters."""
    words = f"text of at most {longest} characters"

    @_in_words(words)
    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise GarbageError(f"{name} must be {words}")
        return value

    return check


@_in_words("1 to 64 letters, digits or one of _ . : -")
def identifier(name: str, value: Any) -> str:
    """A job id: 1 to 64 letters, digits, ``_ . : -``."""
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise GarbageError(f"{name} must be {accepts(identifier)}")
    return value


@_in_words("a SHA-256 in lower-case hexadecimal")
def sha256(name: str, value: Any) -> str:
    """64 lower-case hexadecimal digits."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise GarbageError(f"{name} must be {accepts(sha256)}")
    return value


def integer(least: int, most: int) -> Check:
    """A whole number from ``least`` to ``most``, both included."""
    words = f"a whole number from {least} to {most}"

    @_in_words(words)
    def check(name: str, value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise GarbageError(f"{name} must be {words}")
        return value

    return check


def number(least: float, most: float) -> Check:
    """A finite number from ``least`` to ``most``, both included."""
    words = f"a number from {least:g} to {most:g}"

    @_in_words(words)
    def check(name: str, value: Any) -> float:
        if type(value) not in (int, float) or not least <= value <= most:
            raise GarbageError(f"{name} must be {words}")
        return float(value)

    return check


def either(first: Check, second: Check) -> Check:
    """What the first check accepts, or else the second: text or a number, say."""

    @_in_words(f"{accepts(first)}, or {accepts(second)}")
    def check(name: str, value: Any) -> Any:
        try:
            return first(name, value)
        except GarbageError as error:
            try:
                return second(name, value)
            except GarbageError as other:
                wanted = str(other.detail).removeprefix(f"{name} must be ")
                raise GarbageError(f"{error.detail}, or {wanted}") from error

    return check


@_in_words("true or false")
def boolean(name: str, value: Any) -> bool:
    """``true`` or ``false``."""
    if type(value) is not bool:
        raise GarbageError(f"{name} must be {accepts(boolean)}")
    return value


def choice(*words: str) -> Check:
    """One of ``words``."""
    told = f"one of {', '.join(words)}"

    @_in_words(told)
    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise GarbageError(f"{name} must be {told}")
        return value

    return check


def optional(check: Check) -> Check:
    """``None``, or what ``check`` accepts."""

    @_in_words(f"{accepts(check)}, or null")
    def check_optional(name: str, value: Any) -> Any:
        return None if value is None else check(name, value)

    return check_optional


def tuple_of(check: Check, most: int) -> Check:
    """A JSON list of at most ``most`` items, as a tuple."""
    words = f"a list of at most {most} items"

    @_in_words(f"{words}, each {accepts(check)}")
    def check_tuple(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise GarbageError(f"{name} must be {words}")
        return tuple(check(f"{name}[{index}]", item) for index, item in enumerate(value))

    return check_tuple


def numbers(most: int) -> Check:
    """An object of at most ``most`` short names, each with a number."""
    words = f"an object of at most {most} numbers"

    @_in_words(words)
    def check(name: str, value: Any) -> dict[str, float]:
        if not isinstance(value, dict) or len(value) > most:
            raise GarbageError(f"{name} must be {words}")
        for key, item in value.items():
            text(64)(name, key)
            if type(item) not in (int, float) or not abs(item) <= sys.float_info.max:
                raise GarbageError(f"{name}.{key[:64]} must be a finite number")
        return {key: float(item) for key, item in value.items()}

    return check


def instance(cls: type[T]) -> Check:
    """A nested dataclass, from an object."""

    @_in_words(f"an object {cls.__name__}")
    def check(name: str, value: Any) -> T:
        if isinstance(value, cls):
            return value
        return build(cls, value, name)

    return check


def build(cls: type[T], value: Any, name: str = "message") -> T:
    """Make a dataclass from a JSON object, checking every field of it.

    Raises:
        GarbageError: a field is missing or not acceptable.
    """
    if not isinstance(value, Mapping):
        raise GarbageError(f"{name} must be an object")
    accepted: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if field.name in value:
            accepted[field.name] = field.metadata["check"](
                f"{name}.{field.name}", value[field.name]
            )
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise GarbageError(f"{name}.{field.name} is missing")
    return cls(**accepted)
