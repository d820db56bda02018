"""What follows from a message when nobody conducts."""

from penstock.graph.choreographies import dead_ends, leaves, senders, unfold
from tests.topologies import topology_of

TEXT = """\
penstock: 1
name: shop
messages:
  Asked: {schema: {type: object}}
  Taken: {schema: {type: object}}
  Short: {schema: {type: object}}
  Ping: {schema: {type: object}}
  Pong: {schema: {type: object}}
  Done: {schema: {type: object}}
  Else: {schema: {type: object}}
producers:
  site: {type: function, publishes: [{message: Asked, to: shop}, {message: Else, to: shop}]}
buses:
  shop: {}
  others: {export: true}
queues:
  asked: {from: {source: shop, messages: [Asked]}}
consumers:
  take: {from: asked, publishes: [{message: Taken, to: shop}, {message: Short, to: shop}, {message: Ping, to: shop}]}
  pay: {from: {source: shop, messages: [Taken]}, publishes: [{message: Done, to: others}]}
  log: {from: {source: shop, messages: [Short, Taken]}}
  ping: {from: {source: shop, messages: [Ping]}, publishes: {message: Pong, to: shop}}
  pong: {from: {source: shop, messages: [Pong]}, publishes: {message: Ping, to: shop}}
"""


def test_a_flow_goes_through_channels_to_whoever_acts() -> None:
    flow = unfold(topology_of(TEXT), "Asked")
    steps = {message: [(step.by.name, step.sends) for step in steps] for message, steps in flow.items()}
    assert steps == {
        "Asked": [("take", ("Taken", "Short", "Ping"))],
        "Taken": [("pay", ("Done",)), ("log", ())],
        "Short": [("log", ())],
        "Ping": [("ping", ("Pong",))],
        "Done": [],
        "Pong": [("pong", ("Ping",))],
    }


def test_dead_ends_are_told_once_and_rounds_as_one() -> None:
    flow = unfold(topology_of(TEXT), "Asked")
    assert sorted(dead_ends(flow, {"Done"})) == [["Ping", "Pong"], ["Short"]]
    assert sorted(dead_ends(flow, {"Taken", "Short", "Pong"})) == [["Done"]]


def test_what_others_may_read_leaves() -> None:
    topology = topology_of(TEXT)
    flow = unfold(topology, "Asked")
    assert [message for message, steps in flow.items() if leaves(topology, message, steps)] == ["Done"]


def test_who_sends_a_message() -> None:
    assert [one.name for one in senders(topology_of(TEXT), "Ping")] == ["take", "pong"]
