"""What API Gateway would refuse, or do otherwise than it reads, though every part of a route is valid by itself."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic, Label
from penstock.kinds.api import Api
from penstock.kinds.api_auth import Authorizer, Keyed, Quota
from penstock.model.component import Component
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction between the parts of a route, or between routes."""
    apis = [component for component in components.values() if isinstance(component, Api)]
    if not apis:
        return
    yield from _routes(apis)
    yield from _variables(apis)
    yield from _quotas(apis)
    yield from _authorizers(apis, components)


def _routes(apis: list[Api]) -> Iterator[Diagnostic]:
    """A route belongs to one producer, and an integration has one target."""
    seen: dict[tuple[str | None, str, str], Api] = {}
    for api in apis:
        twin = seen.setdefault((api.group, api.method, api.path), api)
        if twin is not api:
            first = Label(twin.at("route").span(), f"{twin} has it")
            text = f"two producers have the route {api.method} {api.path}"
            yield fault("REF007", api.at("route"), text, None, (first,))
        if len(api.publications) > 1:
            text = f"{api} sends to {len(api.publications)} places, but a route of a REST API has one target"
            help_ = "send to one function, and let that publish to a topic or a bus"
            yield fault("REF009", api.at("publishes"), text, help_)


def _variables(apis: list[Api]) -> Iterator[Diagnostic]:
    """At one place of the paths a variable has one name: API Gateway refuses a second variable beside it."""
    seen: dict[tuple[str | None, str], tuple[str, Api]] = {}
    for api in apis:
        parts = api.path.split("/")
        for depth, part in enumerate(parts):
            if not part.startswith("{"):
                continue
            known, twin = seen.setdefault((api.group, "/".join(parts[:depth])), (part, api))
            if known != part:
                first = Label(twin.at("route").span(), f"{twin} calls it {known}")
                text = f"a part of the path is called {part}, but a REST API has one name for it, {known}"
                yield fault("REF007", api.at("route"), text, f"call it {known} here too", (first,))


def _quotas(apis: list[Api]) -> Iterator[Diagnostic]:
    """A usage plan has one quota, and an API one usage plan."""
    seen: dict[str | None, tuple[Quota, Api]] = {}
    for api in apis:
        if not isinstance(api.auth, Keyed) or api.auth.quota is None:
            continue
        known, twin = seen.setdefault(api.group, (api.auth.quota, api))
        if known != api.auth.quota:
            place = api.at("auth", "api_key", "quota")
            first = Label(twin.at("auth", "api_key", "quota").span(), f"{twin} says another")
            text = f"{api} and {twin} have different quotas, but the keys of an API have one quota for all its routes"
            yield fault("REF016", place, text, "write the quota once, or give one of them an API of its own", (first,))


def _authorizers(apis: list[Api], components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """A token authorizer gets one header; and a function that handles messages does not know what an authorizer is asked."""
    addressed = {publication.to for component in components.values() for publication in component.publications}
    for api in apis:
        auth = api.auth
        if not isinstance(auth, Authorizer):
            continue
        if auth.token and (len(auth.identity) > 1 or not auth.identity[0].startswith("header.")):
            text = f"{api} asks an authorizer of type `token` by {', '.join(auth.identity)}, but it gets one header"
            yield fault(
                "REF016", api.at("auth", "lambda", "identity"), text, "name one header, or write `type: request`"
            )
        function = components.get(auth.function)
        if function is not None and (function.deliveries or function.name in addressed):
            text = f"{api} asks {function} who may call, but that handles messages"
            help_ = "ask a function of its own, which reads nothing and to which nothing is sent"
            yield fault("REF016", api.at("auth", "lambda", "function"), text, help_)
