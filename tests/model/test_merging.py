"""Defaults under components."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.merging import merged

DATA = st.recursive(
    st.none() | st.integers() | st.text(max_size=2) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "dlq", "queue", "none"]), inner, max_size=3),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(st.sampled_from(["a", "b", "dlq", "queue", "none"]), DATA, max_size=4)


@pytest.mark.parametrize(
    ("default", "own", "result"),
    [
        ({"timeout": "5s"}, {}, {"timeout": "5s"}),
        ({"timeout": "5s"}, {"timeout": "9s"}, {"timeout": "9s"}),
        ({"timeout": "5s"}, {"timeout": None}, {"timeout": None}),
        ({"tags": {"a": "1", "b": "2"}}, {"tags": {"b": "3"}}, {"tags": {"a": "1", "b": "3"}}),
        ({"effects": ["x"]}, {"effects": ["y"]}, {"effects": ["y"]}),
        (
            {"dlq": {"max_receives": 5, "retention": "9d"}},
            {"dlq": {"max_receives": 3}},
            {"dlq": {"max_receives": 3, "retention": "9d"}},
        ),
        ({"dlq": {"max_receives": 5}}, {"dlq": {}}, {"dlq": {"max_receives": 5}}),
        ({"dlq": {"max_receives": 5}}, {"dlq": {"none": "why"}}, {"dlq": {"none": "why"}}),
        ({"dlq": {"none": "why"}}, {"dlq": {"max_receives": 5}}, {"dlq": {"max_receives": 5}}),
        ({"dlq": {"none": "why"}}, {"dlq": {}}, {"dlq": {}}),
        ({"dlq": {"retention": "9d"}}, {"dlq": {"queue": "failed"}}, {"dlq": {"queue": "failed"}}),
        (
            {"dlq": {"queue": "failed", "max_receives": 5}},
            {"dlq": {"max_receives": 3}},
            {"dlq": {"queue": "failed", "max_receives": 3}},
        ),
        ({"dlq": {"queue": "failed"}}, {"dlq": {"retention": "9d"}}, {"dlq": {"retention": "9d"}}),
        (
            {"dlq": {"queue": "failed", "max_receives": 5}},
            {"dlq": {"queue": "other"}},
            {"dlq": {"queue": "other", "max_receives": 5}},
        ),
        ({"encryption": {"none": "public"}}, {"encryption": {"key": "main"}}, {"encryption": {"key": "main"}}),
        ({"encryption": {"key": "main"}}, {"encryption": "service"}, {"encryption": "service"}),
        (
            {"idempotency": {"none": "why"}},
            {"idempotency": {"strategy": "table"}},
            {"idempotency": {"strategy": "table"}},
        ),
        (
            {"alarms": {"errors": {"off": "why"}}},
            {"alarms": {"throttles": 3}},
            {"alarms": {"errors": {"off": "why"}, "throttles": 3}},
        ),
        ({"uses": {"orders": "read"}}, {"uses": {"queue": "write"}}, {"uses": {"orders": "read", "queue": "write"}}),
        ({"environment": {"A": "1"}}, {"environment": {"none": "2"}}, {"environment": {"A": "1", "none": "2"}}),
    ],
)
def test_what_a_component_says_over_what_the_defaults_say(
    default: dict[str, Any], own: dict[str, Any], result: dict[str, Any]
) -> None:
    assert merged(default, own) == result


@given(MAPPINGS, MAPPINGS)
def test_every_key_of_both_is_there_and_the_components_own_values_win(
    default: dict[str, Any], own: dict[str, Any]
) -> None:
    result = merged(default, own)
    assert result.keys() == default.keys() | own.keys()
    assert {key: result[key] for key in own if not isinstance(own[key], dict)} == {
        key: value for key, value in own.items() if not isinstance(value, dict)
    }


@given(MAPPINGS)
def test_defaults_change_nothing_where_there_are_none_or_the_same(data: dict[str, Any]) -> None:
    assert merged({}, data) == merged(data, {}) == merged(data, data) == data


@given(MAPPINGS, MAPPINGS)
def test_neither_side_is_changed(default: dict[str, Any], own: dict[str, Any]) -> None:
    before = repr((default, own))
    merged(default, own)
    assert repr((default, own)) == before
