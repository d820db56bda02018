"""Services: pools of container workers that poll queues, and workloads that run elsewhere already and only send."""

from collections.abc import Iterator

from penstock.kinds import fargate
from penstock.kinds.deliveries import publications, service_deliveries
from penstock.kinds.kind import Kind
from penstock.kinds.workload import Workload, accesses, read_idempotency, resumptions
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import environment_name, joint_id, logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Output, Resource
from penstock.plan.values import Ref
from penstock.records import NamedTuple, record

_POLICY = "ServicePolicy"


class Work(NamedTuple):
    """The work on one message, in seconds: ``timeout`` for all of it, ``heartbeat`` between two extensions of its visibility."""

    timeout: int
    heartbeat: int | None


@record
class Service(Workload):
    """A service. ``pool`` is what is deployed, ``None`` for a workload that exists; ``role`` is the name of that one's role."""

    word = "service"
    part = "Service"

    work: Work
    language: str = "python"
    pool: fargate.Pool | None = None
    role: str | None = None

    @property
    def is_generated(self) -> bool:
        """Whether the loop that polls, and what calls the team's code, are generated here."""
        return self.pool is not None

    @property
    def is_typescript(self) -> bool:
        """Whether what is generated for it is TypeScript."""
        return self.language == "typescript"

    @property
    def role_id(self) -> str:
        """The logical id of what holds its permissions: the task role, or the policy for a role made elsewhere."""
        return logical_id(self.name, "ServiceRole" if self.pool else _POLICY)


def read_consumer(name: str, entry: Entry) -> Iterator[Component]:
    """A pool of workers."""
    idempotency = read_idempotency(entry)
    effects = entry.words("effects")
    yield Service(
        name=name,
        origin=entry.origin,
        deliveries=service_deliveries(entry) if "from" in entry.data else (),
        publications=publications(entry),
        accesses=tuple(accesses(entry, effects, idempotency)),
        calls=tuple(resumptions(entry)),
        tags=entry.pairs("tags"),
        consumes=True,
        time_per_message=entry.milliseconds("time_per_message"),
        environment=entry.pairs("environment"),
        effects=effects,
        idempotency=idempotency,
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        work=Work(entry.seconds("processing_timeout") or 0, entry.seconds("heartbeat")),
        language=entry.text("language") or "",
        pool=fargate.read(entry),
    )


def read_producer(name: str, entry: Entry) -> Iterator[Component]:
    """A workload that exists already."""
    yield Service(
        name=name,
        origin=entry.origin,
        publications=publications(entry),
        accesses=tuple(accesses(entry, (), None)),
        tags=entry.pairs("tags"),
        consumes=False,
        work=Work(0, None),
        language=entry.text("language") or "",
        role=entry.text("role"),
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The pool with all that it needs, or the policy for what exists."""
    if not isinstance(component, Service):
        raise TypeError(component)
    if component.pool:
        fargate.lower(component, component.pool, topology, plan)
        variables = plan.environment[component.id]
        variables["PENSTOCK_PROCESSING_TIMEOUT"] = str(component.work.timeout)
        if component.work.heartbeat:
            variables["PENSTOCK_HEARTBEAT"] = str(component.work.heartbeat)
        variables |= component.environment
        return
    target = component.role_id
    properties = {
        "Description": f"What service {component.name} of {topology.name} may do",
        "Roles": [component.role] if component.role else None,
    }
    plan.add(Resource(target, "AWS::IAM::ManagedPolicy", properties, component.at()))
    plan.output(Output(target, Ref(target), f"The ARN of the policy for the role of {component}"))


def finish(topology: Topology, plan: Plan) -> None:
    """The environment: of pools in their task definitions, of what runs elsewhere as outputs of the stack, one per variable."""
    for service in topology.of(Service):
        variables = plan.environment[service.id]
        if service.pool:
            fargate.tell(service, variables, plan)
            continue
        for target in {connection.target: None for connection in topology.outgoing(service)}:
            variable = environment_name(target.word, target.name)
            id_ = joint_id(target.name, f"{target.word.capitalize()}From", service.name, "ServiceVariable")
            plan.output(Output(id_, variables[variable], f"{variable} for {service}"))
        del plan.environment[service.id]


SERVICE_CONSUMER = Kind(
    Service, "consumers", "service", "consumer-service", read_consumer, lower, finish, Layer.WORKERS
)
SERVICE_PRODUCER = Kind(
    Service, "producers", "service", "producer-service", read_producer, lower, finish, Layer.WORKERS
)
