"""Classes of plain values: what they share with those of the standard library."""

import pickle
from typing import ClassVar

import pytest

from penstock.records import NamedTuple, field, record, replace, value


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
    assert vars(one).keys() == {"name", "tags", "size"}  # the class has what is not given


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


@value
class Point:
    """Given by place or by name."""

    x: int
    y: int = 0
    note: str = field(default="", repr=False)


def test_values_are_given_by_place_or_by_name() -> None:
    assert Point(1, 2) == Point(y=2, x=1) != Point(1)
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert repr(Point(1, note="seen")) == "Point(x=1, y=0)"
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


@pytest.mark.parametrize(("places", "names"), [((1, 2, "", 4), {}), ((1,), {"x": 2}), ((), {"y": 1}), ((1,), {"z": 1})])
def test_a_value_with_wrong_fields(places: tuple[int, ...], names: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(*places, **names)  # type: ignore[arg-type]


class Pair(NamedTuple):
    """Two things."""

    first: int
    second: str = "b"

    def both(self) -> str:
        """Both."""
        return f"{self.first}{self.second}"


def test_named_tuples() -> None:
    one = Pair(1)
    first, second = one
    assert (first, second, one.both()) == (1, "b", "1b")
    assert one == (1, "b") == Pair(second="b", first=1)
    assert one._replace(first=2) == Pair(2)
    assert repr(one) == "Pair(first=1, second='b')"
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert sorted([Pair(2), Pair(1, "c"), one]) == [one, Pair(1, "c"), Pair(2)]


@pytest.mark.parametrize(("places", "names"), [((1, "", 3), {}), ((1,), {"first": 2}), ((), {}), ((1,), {"third": 1})])
def test_a_named_tuple_with_wrong_fields(places: tuple[int, ...], names: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Pair"):
        Pair(*places, **names)  # type: ignore[arg-type]
