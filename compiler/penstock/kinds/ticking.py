"""A clock that the compiler adds by itself: it invokes a function of this stack at regular intervals."""

import json
from collections.abc import Mapping

from penstock.kinds.schedule import GROUP, share_group, trust_policy
from penstock.kinds.workload import Workload
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Value, arn

_MINUTE = 60


def tick(  # noqa: PLR0913, PLR0917 - a clock's parts
    component: Workload, address: Value, every: int, event: Mapping[str, object], topology: Topology, plan: Plan
) -> None:
    """Invoke what is at an address every so many seconds, whole minutes, with an event.

    What could not be invoked is not tried again: the next tick does the same.
    """
    share_group(topology, plan)
    role = logical_id(component.name, f"{component.part}ClockRole")
    cause = component.at("sweep")
    tags = tag_list({**topology.tags, **component.tags})
    trusting: dict[str, Value] = {"AssumeRolePolicyDocument": trust_policy(), "Tags": tags}
    plan.add(Resource(role, "AWS::IAM::Role", trusting, cause))
    plan.grant(Holder.ROLE, role, "Invoke", Statement(("lambda:InvokeFunction",), (address,)), cause)
    minutes = every // _MINUTE
    properties: dict[str, Value] = {
        "GroupName": Ref(GROUP),
        "ScheduleExpression": f"rate({minutes} minute{'s' if minutes > 1 else ''})",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": address,
            "RoleArn": arn(role),
            "Input": json.dumps(event),
            "RetryPolicy": {"MaximumRetryAttempts": 0},
        },
    }
    plan.add(
        Resource(logical_id(component.name, f"{component.part}Clock"), "AWS::Scheduler::Schedule", properties, cause)
    )
