"""The command line as a process: ``penstock``, or ``python -m penstock``."""

import gc
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType
from typing import NoReturn


class OwnModules:
    """Finds the modules of this package where they stand.

    A run imports some two hundred of them. The interpreter's own search looks for each in every form that a module can have, which takes
    as long as to load it. What is not found here, such as what lies in a zip file, that search finds.
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module's file, as ``importlib`` asks for it."""
        del target
        if path is None or not name.startswith("penstock."):
            return None
        file = f"{path[0]}/{name.rpartition('.')[2]}.py"
        if not os.path.isfile(file):  # noqa: PTH113 - pathlib is much to import
            return None
        spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file)
        spec.has_location = True
        return spec


def main() -> NoReturn:
    """Run the command line. What it makes, from its modules on, it needs until its end: to look for garbage is time lost."""
    gc.disable()
    sys.meta_path.insert(0, OwnModules)
    from penstock.cli import main as run  # with all that it imports

    run()


if __name__ == "__main__":
    main()
