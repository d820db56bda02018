"""Records: dataclasses with a shared constructor."""

from dataclasses import field, fields, replace
from typing import ClassVar

import pytest

from penstock.model.record import record


@record
class Base:
    """A base."""

    word: ClassVar[str] = "base"

    name: str
    tags: dict[str, str] = field(default_factory=dict)


@record
class Derived(Base):
    """One more field, without a default behind one that has one."""

    word = "derived"

    size: int
    colour: str | None = None


def test_fields_and_defaults() -> None:
    one = Derived(name="a", size=3)
    assert (one.name, one.tags, one.size, one.colour, one.word) == ("a", {}, 3, None, "derived")
    assert [each.name for each in fields(one)] == ["name", "tags", "size", "colour"]


def test_what_a_factory_makes_is_its_own() -> None:
    assert Base(name="a").tags is not Base(name="a").tags
    given = {"a": "b"}
    assert Base(name="a", tags=given).tags is given


def test_two_are_the_same_only_if_they_are_one() -> None:
    one = Base(name="a")
    assert one == one  # noqa: PLR0124 - the point
    assert one != Base(name="a")
    assert len({one, Base(name="a")}) == 2


def test_replace_makes_another() -> None:
    one = Derived(name="a", size=3)
    other = replace(one, size=4)
    assert (other.name, other.size, one.size) == ("a", 4, 3)


@pytest.mark.parametrize(("given", "wrong"), [({}, "name"), ({"name": "a", "nmae": "b"}, "nmae")])
def test_wrong_fields(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(TypeError, match=wrong):
        Base(**given)  # type: ignore[arg-type]
