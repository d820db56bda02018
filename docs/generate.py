"""Write the parts of the documentation that the product says itself, or say with --check which are out of date.

A generated part stands between two comments, and the first names where it comes from:

    <!-- generated: penstock rules -->        what a command prints
    <!-- file: docs/first/topology.yaml -->   what a file holds
    ...
    <!-- end -->

``language.md``, ``hops.md`` and the folder ``rules`` are generated whole.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from language import page as language_page

from penstock.hops import HOPS, Semantics
from penstock.lint.rule import Rule
from penstock.lint.rules import RULES
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_duration
from penstock.pipeline import check

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RULE_PAGES = DOCS / "rules"
PART = re.compile(r"(<!-- (generated: penstock|file:) (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def printed(arguments: str) -> str:
    """What a command prints on a terminal of 100 columns; findings are no failure here."""
    command: list[str | Path] = [Path(sys.executable).with_name("penstock"), *shlex.split(arguments)]
    run = subprocess.run(command, cwd=ROOT, env={"COLUMNS": "100"}, capture_output=True, text=True, check=False)
    if run.returncode > 1:
        raise SystemExit(run.stderr)
    return f"$ penstock {arguments}\n{run.stdout.rstrip()}\n"


def part(match: re.Match[str]) -> str:
    """One generated part, written again."""
    start, source, name, end = match.groups()
    if source == "file:":
        return f"{start}```yaml\n{(ROOT / name).read_text(encoding='utf-8').rstrip()}\n```\n{end}"
    return f"{start}```console\n{printed(name)}```\n{end}"


def rules_pages() -> dict[Path, str]:
    """Every rule's manual page, and a page with the table of all of them, family by family."""
    pages = {RULE_PAGES / f"{rule.code}.md": _rule_page(rule) for rule in RULES}
    families: dict[str, list[Rule]] = {}
    for rule in sorted(RULES, key=lambda rule: rule.code):
        families.setdefault(rule.family, []).append(rule)
    table = ["# Rules", "", "`penstock rules CODE` prints one of these pages."]
    for family, rules in sorted(families.items()):
        table += ["", f"## {family.replace('_', ' ').capitalize()}", "", "| rule | severity | fault |", "|---|---|---|"]
        table += [f"| [{rule.code}]({rule.code}.md) | {rule.severity.value} | {rule.title} |" for rule in rules]
    return {RULE_PAGES / "README.md": "\n".join(table) + "\n", **pages}


def _rule_page(rule: Rule) -> str:
    return f"# {rule.code}: {rule.name}\n\nSeverity: {rule.severity.value}. {rule.manual.strip()}\n"


def hops_page() -> str:
    """What every hop promises where the topology says nothing else, asked of the hops themselves."""
    head = [
        "# Hops",
        "",
        "What carries a message from one component to the next, and what it promises where the topology is silent.",
        "",
        "A message that generated code cannot read is tried once where there is a queue for what is given up: it goes there at once.",
        "`penstock explain` says so of each hop for which it holds.",
        "",
        "| from | to | mechanism | delivery | order | retried by | attempts | then | source |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_hop_row(connection, topology) for connection, topology in _one_of_each())]) + "\n"


def _one_of_each() -> Iterator[tuple[Connection, Topology]]:
    """A connection for every hop, from the topology that has each of them."""
    topology = check(DOCS / "hops" / "topology.yaml").topology
    if topology is None:
        raise SystemExit("docs/hops/topology.yaml is unusable")
    for source, target in HOPS:
        yield next(topology.between(source, target)), topology


def _hop_row(connection: Connection, topology: Topology) -> str:
    hop = HOPS[type(connection.source), type(connection.target)]
    promise = hop.semantics(connection, topology)
    layers = [promise, *([promise.then] if promise.then else [])]
    sender = str(connection.source)
    cells = (
        hop.source.word,
        hop.target.word,
        hop.mechanism,
        promise.guarantee.value,
        promise.ordering.value,
        "; then ".join(layer.retried_by for layer in layers).replace(f" in {sender}", "").replace(sender, "the sender"),
        "; then ".join(map(_attempts, layers)),
        "; ".join(dict.fromkeys(layer.ending.value for layer in layers)),
        f"[AWS]({promise.source})",
    )
    return f"| {' | '.join(cells)} |"


def _attempts(promise: Semantics) -> str:
    attempts = f"{promise.attempts:,}" if promise.attempts else "any number"
    return f"{attempts} within {show_duration(promise.window)}" if promise.window else attempts


def renewed() -> dict[Path, str]:
    """Every page with generated parts, as it should be."""
    pages = {
        page: PART.sub(part, page.read_text(encoding="utf-8")) for page in (ROOT / "README.md", *DOCS.glob("*.md"))
    }
    return pages | {
        DOCS / "language.md": language_page(),
        **rules_pages(),
        DOCS / "hops.md": hops_page(),
    }


def main() -> int:
    """Renew the pages, or only compare them; how many are out of date after that."""
    pages = renewed()
    stale = {
        page: text for page, text in pages.items() if not page.exists() or page.read_text(encoding="utf-8") != text
    }
    gone = [page for page in RULE_PAGES.glob("*.md") if page not in pages]
    for page in gone:
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"{page.relative_to(ROOT)} is of no rule: make docs\n")
        else:
            page.unlink()
    for page, text in sorted(stale.items()):
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"{page.relative_to(ROOT)} is out of date: make docs\n")
        else:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    return len(stale) + len(gone) if "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
