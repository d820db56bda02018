"""The command line finds its own modules as the interpreter would."""

import pkgutil
from importlib.machinery import PathFinder
from importlib.util import find_spec

import penstock
from penstock.__main__ import OwnModules

MODULES = [
    module for module in pkgutil.walk_packages(penstock.__path__, "penstock.") if not module.name.endswith("__main__")
]


def test_each_module_is_the_one_that_the_interpreter_finds() -> None:
    checked = 0
    for module in MODULES:
        package = find_spec(module.name.rpartition(".")[0])
        assert package is not None
        path = list(package.submodule_search_locations or ())
        own, usual = OwnModules.find_spec(module.name, path), PathFinder.find_spec(module.name, path)
        assert usual is not None
        if module.ispkg:
            assert own is None
            continue
        assert own is not None
        assert (own.name, own.origin, own.cached) == (usual.name, usual.origin, usual.cached)
        checked += 1
    assert checked > 400


def test_others_are_left_to_the_interpreter() -> None:
    assert OwnModules.find_spec("json", None) is None
    assert OwnModules.find_spec("json.decoder", penstock.__path__) is None
    assert OwnModules.find_spec("penstock.no_such_module", penstock.__path__) is None
