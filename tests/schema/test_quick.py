"""The validator is imported without what it does not need, and nothing notices."""

import subprocess
import sys

CHECK = """
import sys
from penstock.schema.quick import Validator

assert "socket" not in sys.modules, "it loaded what it does not need"
assert Validator({"type": "string", "pattern": "^a"}).is_valid("ab")
from email.utils import parsedate_to_datetime

assert parsedate_to_datetime("Thu, 26 Nov 2026 12:00:00 +0000").year == 2026
"""


def test_nothing_is_loaded_to_know_when_it_was_built() -> None:
    subprocess.run([sys.executable, "-c", CHECK], check=True)
