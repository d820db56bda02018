"""``python -m tests.bench [--large]``: what linting and compiling cost, as ratios to other work that is done in the same run.

Seconds depend on the machine and on what else it does; the ratios hardly do. Every figure is CPU, start-up included.
"""

import argparse
import math
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import Bench, Command, Cost

ROOT = Path(__file__).parents[2]
ORDERS = ROOT / "examples" / "orders"
PYTHON = Path(sys.executable)
PENSTOCK, CFN_LINT = PYTHON.with_name("penstock"), PYTHON.with_name("cfn-lint")
START: Command = (PYTHON, "-c", "import yaml, click")
START_YAML: Command = (PYTHON, "-c", "import yaml")
COMPOSE = "import gc, sys, yaml; gc.disable(); yaml.compose(open(sys.argv[1], encoding='utf-8'), Loader=yaml.CLoader)"
VALIDATE = "import sys; from cloudformation_validate import CompositeEngine as E; E().validate_template(sys.argv[1])"
COMPONENTS_OF_450_RESOURCES = 80
ROWS = 10_000
"""In an outbox that is drained."""
SEEDS = 10
"""Of what goes wrong with generated handlers, for each way to make copies harmless."""
SOAKED, SOAK_S = 300, 600
"""Keys that are handled under faults, and how long that may take in seconds."""


class Figure(NamedTuple):
    """One line of the table: a cost, what it is compared with, and the most that the ratio may be."""

    what: str
    cost: Cost
    than: str
    other: Cost
    budget: float | None = None

    def __str__(self) -> str:
        """The line."""
        ratio = self.cost.cpu / self.other.cpu
        figures = f"{self.what:<34}{self.cost.cpu:8.3f} s{self.cost.peak:7.0f} MiB   {ratio:7.2f} times {self.than}"
        budget = "" if self.budget is None else f"; budget {self.budget:g}{'' if ratio <= self.budget else ', over'}"
        return f"{figures} ({self.other.cpu:.3f} s){budget}"


def lint(path: Path) -> Command:
    """The command that lints a topology."""
    return PENSTOCK, "lint", "--exit-zero", path


def compiling(path: Path, output: Path) -> Command:
    """The command that compiles a topology."""
    return PENSTOCK, "compile", path, "-o", output


def compose(path: Path) -> Command:
    """The command that lets libyaml read a file."""
    return PYTHON, "-c", COMPOSE, path


def generated(bench: Bench, scratch: Path, shape: str, *sizes: int) -> Path:
    """A generated topology, written by another process so that its memory is not counted."""
    path = scratch / "-".join([shape, *map(str, sizes)]) / "topology.yaml"
    path.parent.mkdir()
    bench.run((PYTHON, ROOT / "tests" / "bench" / "generate.py", shape, *map(str, sizes), path))
    return path


def example(bench: Bench, scratch: Path) -> Iterator[Figure]:
    """The example, as every commit of a team lints it."""
    copy, output = shutil.copytree(ORDERS, scratch / "orders"), scratch / "compiled"
    bench.run(compiling(copy, output))
    cost = bench.measure({"lint": lint(ORDERS), "start": START}, 15)
    yield Figure("lint examples/orders", cost["lint"], "`import yaml, click`", cost["start"], 2)
    template = output / "template.yaml"
    peers: dict[str, Command] = {"cfn-lint": (CFN_LINT, template), "validate": (PYTHON, "-c", VALIDATE, template)}
    cost = bench.measure({"lint": lint(ORDERS), **peers}, 3)
    yield Figure("lint examples/orders", cost["lint"], "cfn-lint on its template", cost["cfn-lint"], 0.1)
    yield Figure("lint examples/orders", cost["lint"], "cloudformation-validate", cost["validate"], 0.25)
    yield from same_template(bench, template, peers)


def same_template(bench: Bench, template: Path, peers: Mapping[str, Command]) -> Iterator[Figure]:
    """One CloudFormation template in front of all three; memory is in the table, and 60 MiB are the most that linting may take."""
    cost = bench.measure({"lint": lint(template), **peers}, 3)
    what = f"lint a template of {resources_in(template)} resources"
    yield Figure(what, cost["lint"], "cfn-lint", cost["cfn-lint"], 0.1)
    yield Figure(what, cost["lint"], "cloudformation-validate", cost["validate"], 0.5)


def resources_in(template: Path) -> int:
    """How many resources the compiler wrote into a template."""
    return len(re.findall(r"^    Type: ", template.read_text(encoding="utf-8"), re.MULTILINE))


def whole_stack(bench: Bench, scratch: Path) -> Iterator[Figure]:
    """A stack near CloudFormation's limit of 500 resources."""
    path = generated(bench, scratch, "cells", COMPONENTS_OF_450_RESOURCES)
    output = scratch / "whole"
    bench.run(compiling(path, output))
    template = output / "template.yaml"
    resources = resources_in(template)
    peers: dict[str, Command] = {"cfn-lint": (CFN_LINT, template), "validate": (PYTHON, "-c", VALIDATE, template)}
    cost = bench.measure({"compile": compiling(path, output), "cfn-lint": peers["cfn-lint"]}, 3)
    yield Figure(f"compile to {resources} resources", cost["compile"], "cfn-lint on the result", cost["cfn-lint"], 0.1)
    yield from same_template(bench, template, peers)


def nested_stacks(bench: Bench, scratch: Path) -> Iterator[Figure | str]:
    """Two thousand queues with their consumers, in nested stacks: against linting them, and how the time grows."""
    before = Cost(0, 0)
    for count in (500, 2_000):
        path = generated(bench, scratch, "pairs", count)
        cost = bench.measure({"compile": compiling(path, scratch / "pairs-out"), "lint": lint(path)}, 1)
        yield Figure(f"compile {count:,} queues", cost["compile"], "lint", cost["lint"])
        if before.cpu:
            exponent = math.log(cost["compile"].cpu / before.cpu) / math.log(4)
            yield f"{'':<34}from 500 to 2,000 queues: n^{exponent:.2f}"
        before = cost["compile"]


def sizes(bench: Bench, scratch: Path, counts: tuple[int, ...]) -> Iterator[Figure | str]:
    """Many components: against libyaml reading the same file, and how the time grows."""
    smallest = generated(bench, scratch, "cells", 10)
    before: tuple[int, Cost] | None = None
    for count in counts:
        path = generated(bench, scratch, "cells", count)
        commands = {"lint": lint(path), "least": lint(smallest), "compose": compose(path), "start": START_YAML}
        cost = bench.measure(commands, 7 if count <= 5_000 else 3)
        reading = cost["compose"] - cost["start"]
        yield Figure(
            f"lint {count:,} components", cost["lint"], "libyaml's compose", reading, 5 if count == 5_000 else None
        )
        work = cost["lint"] - cost["least"]
        if before:
            exponent = math.log(work.cpu / before[1].cpu) / math.log(count / before[0])
            yield f"{'':<34}without start-up, from {before[0]:,} to {count:,} components: n^{exponent:.2f}; budget n^1.1"
        before = count, work


def worst(bench: Bench, scratch: Path) -> Iterator[str]:
    """Many hops between few components, and one long cycle: what one hop costs, against one in a usual topology."""
    # a cell has 11 hops: one to take in, three from queues, two to channels, two from them, three to the store
    shapes = {"cells": (5_000, 0, 5_500), "bipartite": (300, 300, 300 * 300 + 600), "cycle": (2_000, 0, 2_000 * 3 + 1)}
    smallest = generated(bench, scratch / "worst", "cells", 10)
    usual = 0.0
    for shape, (first, second, hops) in shapes.items():
        path = generated(bench, scratch / "worst", shape, *filter(None, (first, second)))
        cost = bench.measure({"lint": lint(path), "least": lint(smallest)}, 3)
        each = (cost["lint"] - cost["least"]).cpu / hops * 1e6
        usual = usual or each
        name = f"{shape} {first}" + (f" x {second}" if second else "")
        seconds = f"{cost['lint'].cpu:8.3f} s{cost['lint'].peak:7.0f} MiB"
        yield f"lint {name:<29}{seconds}   {each:7.0f} us for each of {hops:,} hops, {each / usual:.2f} times the usual"


def outbox() -> Iterator[str]:
    """How fast the relay of an outbox drains a database, if PostgreSQL is there; what it sends goes nowhere."""
    from tests.bench.draining import drain

    if seconds := drain(ROWS):
        yield f"{f'drain {ROWS:,} rows of an outbox':<34}{seconds:8.3f} s               {ROWS / seconds:7,.0f} rows a second"
    else:
        yield "drain an outbox: PostgreSQL or psycopg is not installed"


def soaked(scratch: Path) -> Iterator[str]:
    """What becomes of messages that meet faults, where workers die, AWS throttles, and messages come twice or are poison."""
    from tests.emit_python.soaking import soak

    found = soak(scratch / "soak", SOAKED, workers=4, seconds=SOAK_S)
    twice = sum(count > 1 for count in found.effects.values())
    yield (
        f"{f'soak {found.sent:,} messages, {found.faults:,} faults':<34} lost: {found.lost}, done twice: {twice}, "
        f"dead: {len(found.dead)} of {len(found.poison)} poison, left: {found.left}"
    )


def handled(scratch: Path) -> Iterator[str]:
    """What becomes of messages for generated handlers on every sort of source, by what makes copies harmless; what tells ends it."""
    from tests.emit_python.drawing import SOURCES, STRATEGIES, Case, Consumer
    from tests.emit_python.equation import Outcome, run

    folder = scratch / "handled"
    folder.mkdir()
    for way in STRATEGIES:
        found: list[Outcome] = []
        for seed in range(SEEDS):
            drawn = 1 + seed % 10, seed % 2 == 0, 2 + seed % 5
            told = [*SOURCES[seed % len(SOURCES) :], *SOURCES[: seed % len(SOURCES)]]
            consumers = tuple(
                Consumer(source, way, *drawn, pool=seed % 3 == 0, then=Consumer(next_to, way, *drawn))
                for source, next_to in zip(SOURCES, told, strict=True)
            )
            found.append(run(Case(consumers, 15, seed), folder))
        sent, done, dead, again = (sum(each) for each in zip(*(one[:4] for one in found), strict=True))
        faults = sum(sum(one.faults.values()) for one in found)
        yield f"handle {sent:,} messages, {faults:,} faults, {way}: lost: {sent - done - dead}, done twice: {again}, dead: {dead}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="CPU and memory, against other work.")
    parser.add_argument("--large", action="store_true", help="50,000 components too")
    large = parser.parse_args().large
    counts = (500, 5_000, 50_000) if large else (500, 5_000)
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as folder:
        scratch = Path(folder)
        (scratch / "worst").mkdir()
        bench = Bench(scratch)
        lines = chain(
            example(bench, scratch),
            whole_stack(bench, scratch),
            nested_stacks(bench, scratch),
            sizes(bench, scratch, counts),
            worst(bench, scratch),
            outbox(),
            soaked(scratch),
            handled(scratch),
        )
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
