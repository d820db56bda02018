"""Where a resource stands when a topology is split into stacks: see `stacks`."""

from enum import IntEnum

from penstock.records import NamedTuple


class Layer(IntEnum):
    """What is built before what: a stack needs only stacks of lower layers, whatever the topology joins.

    ``ROOT`` is the template itself, with what all share: keys, the REST API, the group of the schedules.
    """

    ROOT = 0
    LETTERS = 1
    CHANNELS = 2
    WORKERS = 3
    SENDERS = 4


class Home(NamedTuple):
    """The layer of a resource, and the component whose group it shares."""

    layer: Layer
    owner: str
