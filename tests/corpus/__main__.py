"""``python -m tests.corpus FOLDER``: for each template below a folder, what of it is understood and what is found."""

import argparse
from collections import Counter
from pathlib import Path

from penstock.pipeline import is_template
from tests.corpus.measure import measure


def main() -> None:
    """Print the table, the sums, and what was not understood."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description="What of templates is understood.")
    parser.add_argument("folder", type=Path)
    paths = sorted(path for path in parser.parse_args().folder.rglob("*") if is_template(path))
    sums: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    print(f"{'template':<70}{'components':>11}{'hops':>6}{'resources':>12}{'edges':>10}{'imported':>10}  findings")
    for one in measure(paths):
        found = " ".join(f"{code} {count}" for code, count in sorted(one.findings.items()))
        shares = f"{f'{one.read}/{one.resources}':>12}{f'{one.followed}/{one.edges}':>10}"
        print(
            f"{one.name[-69:]:<70}{one.components:>11}{one.hops:>6}{shares}{'yes' if one.imported else 'no':>10}  {found}"
        )
        sums.update(read=one.read, resources=one.resources, followed=one.followed, edges=one.edges, outside=one.outside)
        sums["inferred"] += one.inferred
        sums["imported"] += one.imported
        findings += one.findings
        missed.update(what.partition(" ")[0] for what in one.missed)
    print(f"\n{len(paths)} templates: {sums['read']} of {sums['resources']} messaging resources are understood", end="")
    print(
        f" ({sums['read'] / max(sums['resources'], 1):.1%}), {sums['followed']} of {sums['edges']} event edges", end=""
    )
    print(f" ({sums['followed'] / max(sums['edges'], 1):.1%})")
    print(
        f"{sums['outside']} of these edges lead outside: from the account's bus, a parameter or an import, or to an address"
    )
    print(f"{sums['inferred']} more are inferred from what functions may send to")
    print(f"of {sums['imported']} of them a topology can be made")
    print("not understood:", ", ".join(f"{what} {count}" for what, count in missed.most_common()) or "nothing")
    print("findings:", ", ".join(f"{code} {count}" for code, count in sorted(findings.items())))


if __name__ == "__main__":
    main()
