"""What Fargate would refuse."""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Diagnostic
from penstock.kinds.fargate import Pool, sizes
from penstock.kinds.service import Service
from penstock.model.component import Component
from penstock.model.resolve import fault


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in the tasks of services."""
    for component in components.values():
        if isinstance(component, Service) and component.pool:
            yield from _pool(component, component.pool)


def _pool(service: Service, pool: Pool) -> Iterator[Diagnostic]:
    """Fargate has certain sizes of memory for each number of CPU units; and the fewest tasks are not more than the most."""
    fitting = sizes(pool.cpu)
    if pool.memory not in fitting:
        place = service.at("memory" if service.states("memory") and not service.states("cpu") else "cpu")
        text = f"{service} asks for {_mebibytes(pool.memory)} of memory with {pool.cpu} CPU units, which Fargate does not have"
        yield fault("REF021", place, text, f"with {pool.cpu} units there are {', '.join(map(_mebibytes, fitting))}")
    if pool.scaling.least > pool.scaling.most:
        text = f"{service} has {pool.scaling.least} tasks at least, but {pool.scaling.most} at most"
        yield fault("REF022", service.at("scaling", "max"), text, "write a `max` that is not less than `min`")


def _mebibytes(size: int) -> str:
    return f"{size // 1024}GiB" if size % 1024 == 0 else f"{size}MiB"
