"""Logical ids: readable, made of names alone, and no two resources have the same."""

import re
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.hops.delivering import subscription_id
from penstock.kinds.api import method_id, path_id
from penstock.kinds.api import role_id as api_role_id
from penstock.kinds.bus import bus_id
from penstock.kinds.function import function_id
from penstock.kinds.key import key_id
from penstock.kinds.queue import policy_id, queue_id
from penstock.kinds.table import table_id
from penstock.kinds.topic import topic_id
from penstock.model.component import Component, Connection
from penstock.plan.names import environment_name, joint_id, logical_id, pascal, shortened
from tests.strategies import names

ANY_NAME = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda name: len(name) <= 64)
PATHS = st.lists(st.sampled_from(["a", "b", "a-b", "A", "{a}", "{a+}", "1", "path"]), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order-intake", "OrderIntake"),
        ("intake", "Intake"),
        ("shop2", "Shop2"),
        ("shop-2", "ShopN2"),
        ("shop-n2", "ShopNn2"),
        ("shop-nn2", "ShopNnn2"),
        ("north-2-east", "NorthN2East"),
    ],
)
def test_names_stay_readable(name: str, words: str) -> None:
    assert pascal(name) == words


@given(st.sets(ANY_NAME | names(), min_size=2, max_size=20))
def test_no_two_names_give_the_same_words(several: set[str]) -> None:
    assert len({pascal(name) for name in several}) == len(several)


def ids(several: list[str], paths: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every logical id that components of these names, and hops between them, can have, with what it stands for."""
    for name in several:
        component = cast("Component", SimpleNamespace(name=name))
        for role in (queue_id, topic_id, bus_id, function_id, table_id, api_role_id, method_id):
            yield role(component), (role.__module__, role.__name__, name)
        yield key_id(name), ("key", name)
        yield policy_id(queue_id(component)), ("queue policy", name)
        yield f"{topic_id(component)}Policy", ("topic policy", name)
        for role_name in (
            "QueueDepthAlarm",
            "QueueAgeAlarm",
            "FunctionErrorsAlarm",
            "FunctionThrottlesAlarm",
            "FunctionLogs",
            "FunctionRole",
            "Service",
            "ServiceExecutionRole",
            "ServiceLogs",
            "ServiceMissingTasksAlarm",
            "ServicePolicy",
            "ServiceRole",
            "ServiceScaling",
            "ServiceScalingPolicy",
            "ServiceTask",
            "FunctionInvocations",
            "EndpointConnection",
            "EndpointDestination",
            "EndpointRole",
            "ExternalConsumerRole",
            "Log",
            "LogPolicy",
        ):
            yield logical_id(name, role_name), (role_name, name)
    for path in paths:
        yield path_id(path), ("path", path)
    yield from ((constant, (constant,)) for constant in ("RestApi", "RestApiStage", "RestApiDeployment0123456789"))
    for first, second, id_ in product(several, several, [None, *several]):
        for source, target, role_name in (
            ("topic", "queue", "Subscription"),
            ("bus", "queue", "Rule"),
            ("queue", "function", "Mapping"),
            ("topic", "function", "Subscription"),
            ("topic", "function", "Permission"),
            ("bus", "function", "Rule"),
            ("bus", "function", "Permission"),
            ("bus", "endpoint", "Rule"),
            ("bus", "log", "Rule"),
            ("bus", "external consumer", "Rule"),
            ("topic", "email", "Subscription"),
            ("topic", "endpoint", "Subscription"),
            ("topic", "external consumer", "Subscription"),
        ):
            joined = _connection(first, source, second, target, id_)
            yield subscription_id(joined, role_name), (role_name, target, first, second, id_ or "")
    for first, second in product(several, several):
        yield joint_id(first, "FunctionFrom", second, "ApiPermission"), ("permission", first, second)
        external = f"AllowFrom{logical_id(second, 'External')}"
        yield joint_id(bus_id(cast("Component", SimpleNamespace(name=first))), external), ("bus policy", first, second)


def _connection(source: str, word: str, target: str, target_word: str, id_: str | None) -> Connection:
    return cast(
        "Connection",
        SimpleNamespace(
            source=SimpleNamespace(name=source, word=word),
            target=SimpleNamespace(name=target, word=target_word),
            delivery=SimpleNamespace(id=id_),
        ),
    )


def _no_two(several: list[str], paths: list[str]) -> None:
    known: dict[str, tuple[str, ...]] = {}
    for id_, meaning in ids(several, paths):
        assert known.setdefault(id_, meaning) == meaning, id_
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]{0,254}", id_)


@given(st.lists(names(), min_size=1, max_size=5, unique=True), st.lists(PATHS, max_size=4, unique=True))
def test_no_two_resources_have_one_id(several: list[str], paths: list[str]) -> None:
    _no_two(several, paths)


@pytest.mark.parametrize(
    ("several", "paths"),
    [
        (["a", "a-queue-from-b", "b", "b-queue-from-c", "c"], []),
        (["a", "b", "b-topic-x", "x-topic", "b-topic-as-x"], []),
        (["a", "a-queue", "a-from-b", "b", "a-queue-from-b"], []),
        (["a-1", "a1", "a-n1", "an1"], []),
        (
            ["rest-api", "rest-api-path-orders", "rest-api-orders"],
            ["/orders/queue", "/orders-queue", "/orders", "/Orders", "/{orders}"],
        ),
        (["a-bus-allow-from-b", "a", "b", "c", "b-bus-allow-from-c"], []),
        (["a" + "-1" * 31, "a" + "-1" * 30 + "-2", "x" * 64], []),
    ],
)
def test_names_that_come_close_to_each_other(several: list[str], paths: list[str]) -> None:
    _no_two(several, paths)


def test_ids_of_hops_are_readable() -> None:
    plain = _connection("orders", "topic", "fulfilment", "queue", None)
    assert subscription_id(plain, "Subscription") == "FulfilmentQueueFromOrdersTopicSubscription"
    named = _connection("commerce", "bus", "fulfilment", "queue", "late")
    assert subscription_id(named, "Rule") == "FulfilmentQueueFromCommerceBusAsLateRule"


@pytest.mark.parametrize(
    ("path", "id_"), [("/orders", "RestApiOrdersPath"), ("/orders/lines", "RestApiOrdersLinesPath")]
)
def test_ids_of_paths_are_readable(path: str, id_: str) -> None:
    assert path_id(path) == id_


def test_an_unclear_id_hangs_on_all_its_parts() -> None:
    ids_ = {
        joint_id("a", "QueueFrom", "b-queue-from-c", "TopicSubscription"),
        joint_id("a-queue-from-b", "QueueFrom", "c", "TopicSubscription"),
    }
    assert len(ids_) == 2
    assert all(id_.startswith("AQueueFromBQueueFromCTopicSubscription") for id_ in ids_)


@given(st.sets(ANY_NAME, min_size=2, max_size=20))
def test_environment_variables_differ(several: set[str]) -> None:
    variables = {environment_name(kind, name) for kind in ("topic", "queue") for name in several}
    assert len(variables) == 2 * len(several)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", variable) for variable in variables)


@given(ANY_NAME, st.integers(16, 80))
def test_short_names_stay_names(name: str, limit: int) -> None:
    short = shortened(name, limit)
    assert len(short) <= limit
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", short)
    assert (short == name) == (len(name) <= limit)
