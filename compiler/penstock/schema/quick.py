"""jsonschema-rs without what it loads only to know when it was built.

Its import asks ``email.utils`` to read that date, and with it come sockets, calendars and random numbers: more than all of the rest
of its import, and a tenth of linting a small topology.
"""

import sys
from types import ModuleType
from typing import Any

_STAND_IN: Any = ModuleType("email.utils")
_STAND_IN.parsedate_to_datetime = str
_known = sys.modules.setdefault("email.utils", _STAND_IN)
try:
    from jsonschema_rs import Draft202012Validator as Validator
finally:
    if _known is _STAND_IN:
        del sys.modules["email.utils"]

__all__ = ["Validator"]
