"""The team's own code of functions, held against what the topology says of it; generated code fits by itself."""

from collections.abc import Iterator
from pathlib import Path

from penstock.diagnostics import Diagnostic, Severity
from penstock.kinds import Function
from penstock.model.topology import Topology
from penstock.source.built_code import has_module, problem

NO_CODE = "GEN002"
NO_MODULE = "GEN003"


def unfit_code(topology: Topology, folder: Path) -> Iterator[Diagnostic]:
    """Paths at which there is no code, and handlers whose module is not in it. ``folder`` is the topology's."""
    for function in topology.of(Function):
        path = function.code.path if function.code and not function.existing else None
        if path is None:
            continue
        if what := problem(folder / path):
            text = f"the code of {function} {what}: {path}"
            help_ = "build it before you compile; the path begins at the topology's folder"
            yield Diagnostic(NO_CODE, Severity.ERROR, text, function.at("code").span(), help_)
            continue
        module = (function.handler or "").rpartition(".")[0].replace(".", "/")
        if not has_module(folder / path, module):
            text = f"{function} begins in {function.handler!r}, but there is no module {module!r} in {path}"
            help_ = "name a module that is there; a folder that is put into the package belongs to the handler's path"
            yield Diagnostic(NO_MODULE, Severity.ERROR, text, function.at("handler").span(), help_)
