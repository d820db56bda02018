"""What a bucket tells of its objects: EventBridge rules on the account's own bus, with the targets that rules of any bus have.

S3 hands such an event to EventBridge at least once and in no order, in seconds as a rule
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html). It comes to its receiver as the events of the topology's own
buses do: with the message's name as its detail-type, and the payload as its detail.
"""

from penstock.hops import bus_endpoint, bus_function, bus_log, bus_queue, bus_stream, bus_topic
from penstock.hops.hop import Hop
from penstock.kinds import Bucket


def _hop(like: Hop) -> Hop:
    return like._replace(source=Bucket)


BUCKET_ENDPOINT = _hop(bus_endpoint.HOP)
BUCKET_FUNCTION = _hop(bus_function.HOP)
BUCKET_LOG = _hop(bus_log.HOP)
BUCKET_QUEUE = _hop(bus_queue.HOP)
BUCKET_STREAM = _hop(bus_stream.HOP)
BUCKET_TOPIC = _hop(bus_topic.HOP)
