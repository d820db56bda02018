"""What a valid topology does not pay for."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXPENSIVE = ("jsonschema", "difflib", "penstock.schema.explain", "penstock.schema.wording", "importlib.resources")
SCRIPT = """
import sys
from pathlib import Path
from penstock.schema import check
from penstock.source.yaml import Source, parse
document, _ = parse(Source("topology.yaml", Path(sys.argv[1]).read_text(encoding="utf-8")))
assert check(document) == []
print(*[name for name in sys.argv[2:] if name in sys.modules])
"""


def test_a_valid_topology_imports_nothing_that_explains() -> None:
    command = [sys.executable, "-c", SCRIPT, str(HERE / "everything.yaml"), *EXPENSIVE]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
