"""What a service sends to a channel and does with a store, as a function does: by the AWS SDK, and by what the store speaks."""

from penstock.hops import storing, workload
from penstock.hops.hop import Hop
from penstock.kinds import Bucket, Bus, Database, Queue, Service, Stream, Table, Topic

SERVICE_BUS = Hop(Service, Bus, workload.BUS_CALL, workload.semantics, workload.lower)
SERVICE_QUEUE = Hop(Service, Queue, workload.QUEUE_CALL, workload.semantics, workload.lower)
SERVICE_STREAM = Hop(Service, Stream, workload.STREAM_CALL, workload.semantics, workload.lower)
SERVICE_TOPIC = Hop(Service, Topic, workload.TOPIC_CALL, workload.semantics, workload.lower)
SERVICE_BUCKET = Hop(Service, Bucket, storing.BUCKET_CALLS, storing.semantics, storing.lower)
SERVICE_DATABASE = Hop(Service, Database, storing.DATABASE_CALLS, storing.semantics, storing.lower)
SERVICE_TABLE = Hop(Service, Table, storing.TABLE_CALLS, storing.semantics, storing.lower)
