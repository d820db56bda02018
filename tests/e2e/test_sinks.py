"""Consumers that are no functions, on the embedded AWS: an HTTP endpoint of a topic, and what is left out."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from penstock.cli.output import write
from penstock.dev.embedded import EmbeddedAws
from penstock.pipeline import check, compile_topology
from tests.e2e.system import Compiled, System, until

pytestmark = pytest.mark.embedded

TOPOLOGY = """\
penstock: 1
name: sinks
messages:
  Paid: {{schema: {{type: object, properties: {{id: {{type: string}}}}, required: [id]}}, key: id, idempotency_key: id}}
producers:
  shop: {{type: function, timeout: 30s, publishes: [{{message: Paid, to: news}}, {{message: Paid, to: hooks}}]}}
topics:
  news: {{}}
buses:
  hooks: {{}}
consumers:
  posted:
    type: http
    url: {url}  # penstock: ignore[END002] because the emulator's loopback interface has no TLS
    auth: {{none: it trusts the loopback interface}}
    rate: 50/s
    from: {{source: news, raw: {raw}, retries: {{max_retries: 10, max_age: 10m}}, dlq: {{retention: 14d}}}}
  called:
    type: http
    url: https://partner.example/hooks
    auth: {{type: api-key, secret: partner-key}}
    rate: 50/s
    from: {{source: hooks, retries: {{max_retries: 10, max_age: 1h}}, dlq: {{retention: 14d}}}}
  audit: {{type: log, from: {{source: hooks, dlq: {{retention: 14d}}}}}}
  ops: {{type: email, address: ops@shop.example, from: {{source: news, dlq: {{none: they look it up}}}}}}
  reader: {{type: external, principal: "444455556666", from: news}}
alarms: {{notify: "arn:aws:sns:us-east-1:000000000000:alerts"}}
"""


class Endpoint:
    """An HTTP endpoint of a partner who confirms the subscription and keeps what is posted."""

    def __init__(self) -> None:
        self.confirmations: list[Any] = []
        self.posted: list[str] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(204)
                self.end_headers()
                if self.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation":
                    endpoint.confirmations.append(json.loads(body))
                else:
                    endpoint.posted.append(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def confirm(self) -> None:
        """Open the address that SNS sent."""
        until(lambda: bool(self.confirmations), "nobody asked for a confirmation")
        urllib.request.urlopen(self.confirmations[0]["SubscribeURL"]).close()  # noqa: S310 - the emulator's own


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> System:
    folder = tmp_path_factory.mktemp("sinks")
    path = folder / "topology.yaml"
    path.write_text(TOPOLOGY.format(url=endpoint.url, raw="false"), encoding="utf-8")
    return System.of(aws, _compiled(path, folder / "out"), visibility=None)


def _compiled(path: Path, out: Path) -> Compiled:
    checked = check(path)
    assert checked.topology is not None, checked.diagnostics
    assert checked.diagnostics == []
    made = compile_topology(path, checked.topology)
    write(out, {**made.files, **made.created_once})
    return Compiled(checked.topology, out)


def test_a_topic_posts_to_an_endpoint_that_has_confirmed(system: System, endpoint: Endpoint) -> None:
    topic = system.stack.physical("NewsTopic")
    system.aws.call("sns", "publish", TopicArn=topic, Message='{"id": "early"}')
    endpoint.confirm()
    attributes = {"message": {"DataType": "String", "StringValue": "Paid"}}
    system.aws.call("sns", "publish", TopicArn=topic, Message='{"id": "a"}', MessageAttributes=attributes)
    until(lambda: bool(endpoint.posted), "nothing was posted")
    (envelope,) = map(json.loads, endpoint.posted)
    assert (envelope["Type"], json.loads(envelope["Message"])) == ("Notification", {"id": "a"})
    assert envelope["MessageAttributes"]["message"]["Value"] == "Paid"


def test_a_subscription_has_what_the_topology_says(system: System) -> None:
    arn = next(
        one["SubscriptionArn"]
        for one in system.aws.call("sns", "list_subscriptions")["Subscriptions"]
        if one["Protocol"] == "http"
    )
    attributes = system.aws.call("sns", "get_subscription_attributes", SubscriptionArn=arn)["Attributes"]
    policy = json.loads(attributes["DeliveryPolicy"])
    assert policy["healthyRetryPolicy"]["numRetries"] == 10
    assert policy["healthyRetryPolicy"]["maxDelayTarget"] == 60
    assert policy["throttlePolicy"] == {"maxReceivesPerSecond": 50}


def test_a_gap_leaves_api_destinations_out_and_says_so(system: System) -> None:
    """The emulator knows neither connections nor API destinations, so nothing calls that endpoint."""
    gone = {change.logical_id: change.what for change in system.stack.changes if change.what.startswith("left out")}
    assert gone.keys() >= {"CalledEndpointConnection", "CalledEndpointDestination", "CalledEndpointFromHooksBusRule"}
    assert "AuditLogFromHooksBusRule" in system.stack.resources


def test_a_log_group_and_its_policy_are_there(system: System) -> None:
    """The emulator's buses do not write to log groups; what is deployed for it is looked at alone."""
    group = system.stack.physical("AuditLog")
    assert group == "/aws/events/sinks/audit"
    (policy,) = system.aws.call("logs", "describe_resource_policies")["resourcePolicies"]
    statements = json.loads(policy["policyDocument"])["Statement"]
    rule = next(one for one in statements if one["Action"] == "logs:PutLogEvents")
    assert rule["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(system.stack.physical("AuditLogFromHooksBusRule"))
