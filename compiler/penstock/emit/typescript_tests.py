"""Tests for the team in TypeScript: what runs the built functions on sample events, and the file of each that is the team's own."""

from collections.abc import Set as AbstractSet

from penstock.emit.jinja import jinja
from penstock.emit.typescript import packaged
from penstock.emit.typescript_code import comment, literal
from penstock.source.team_code import TESTS

_MODULES = ("expressions", "harness", "standin")


def harness(topology: str) -> dict[str, str]:
    """The modules that the tests of all functions import."""
    header = jinja(packaged, literal).get_template("header.j2").render(topology=topology)
    return {f"{TESTS}/{name}.ts": header + packaged(f"tests/{name}.ts") for name in _MODULES}


def team_test(name: str, kinds: AbstractSet[str], *, once: bool, pool: bool = False) -> str:
    """The test of a function, or a ``pool``, on sample events of these kinds; ``once`` if a table remembers what it has done."""
    words = [
        f"To begin with: copy it to {TESTS}/ beside the topology, and it is yours. It runs in"
        if pool
        else f"Yours: penstock wrote this file once, together with src/{name}.ts, and leaves it alone from then on. It runs in",
        "the compiled folder, where each compile copies it to, by `npm test`; what several tests share has its place in",
        "src. The events come from the topology and its schemas and are written again by each compile: a message that is",
        "new is tested without a change here. What your code does to the world is yours to assert: consumer.aws.calls",
        "has all that it asked of AWS.",
    ]
    view = {
        "comment": comment(f"Tests of {'service' if pool else 'function'} {name}", [[" ".join(words)]]),
        "name": name,
        "once": once,
        "kinds": kinds,
    }
    return jinja(packaged, literal).get_template("team_test.ts.j2").render(view)
