"""Every rule, one module each; a test compares this tuple with the folders."""

from penstock.lint.rule import Rule
from penstock.lint.rules.api.firewall_blocks_large_bodies import firewall_blocks_large_bodies
from penstock.lint.rules.api.open_route_with_effects import open_route_with_effects
from penstock.lint.rules.api.open_route_without_firewall import open_route_without_firewall
from penstock.lint.rules.api.unbounded_open_route import unbounded_open_route
from penstock.lint.rules.concurrency.competing_consumers import competing_consumers
from penstock.lint.rules.concurrency.function_without_concurrency import function_without_concurrency
from penstock.lint.rules.concurrency.impossible_batch import impossible_batch
from penstock.lint.rules.concurrency.sources_exceed_concurrency import sources_exceed_concurrency
from penstock.lint.rules.concurrency.unbounded_writers import unbounded_writers
from penstock.lint.rules.concurrency.whole_batch_retried import whole_batch_retried
from penstock.lint.rules.cost.short_polling import short_polling
from penstock.lint.rules.dead_letters.dead_letters_expire_early import dead_letters_expire_early
from penstock.lint.rules.dead_letters.dead_letters_of_other_type import dead_letters_of_other_type
from penstock.lint.rules.dead_letters.failed_batches_expire import failed_batches_expire
from penstock.lint.rules.dead_letters.few_receives import few_receives
from penstock.lint.rules.dead_letters.queue_without_dead_letters import queue_without_dead_letters
from penstock.lint.rules.dead_letters.retention_ends_before_redrive import retention_ends_before_redrive
from penstock.lint.rules.dead_letters.undeliverable_messages_dropped import undeliverable_messages_dropped
from penstock.lint.rules.dead_letters.unheard_dead_letters import unheard_dead_letters
from penstock.lint.rules.endpoints.endpoint_retried_for_a_day import endpoint_retried_for_a_day
from penstock.lint.rules.endpoints.endpoint_without_rate import endpoint_without_rate
from penstock.lint.rules.endpoints.outside_reader_without_key import outside_reader_without_key
from penstock.lint.rules.endpoints.plain_http_endpoint import plain_http_endpoint
from penstock.lint.rules.graph.cycle_without_exit import cycle_without_exit
from penstock.lint.rules.graph.endpoint_setting_without_effect import endpoint_setting_without_effect
from penstock.lint.rules.graph.event_forwarded_twice import event_forwarded_twice
from penstock.lint.rules.graph.setting_without_effect import setting_without_effect
from penstock.lint.rules.graph.unconnected_component import unconnected_component
from penstock.lint.rules.graph.unsupported_hop import unsupported_hop
from penstock.lint.rules.idempotency.effects_without_idempotency import effects_without_idempotency
from penstock.lint.rules.idempotency.idempotency_forgets_too_soon import idempotency_forgets_too_soon
from penstock.lint.rules.idempotency.incomplete_idempotency import incomplete_idempotency
from penstock.lint.rules.idempotency.two_routes_to_one_consumer import two_routes_to_one_consumer
from penstock.lint.rules.observability.age_alarm_after_expiry import age_alarm_after_expiry
from penstock.lint.rules.observability.late_iterator_age_alarm import late_iterator_age_alarm
from penstock.lint.rules.observability.latency_alarm_beyond_timeout import latency_alarm_beyond_timeout
from penstock.lint.rules.observability.severity_without_effect import severity_without_effect
from penstock.lint.rules.observability.switched_off_without_owner import switched_off_without_owner
from penstock.lint.rules.observability.unheard_alarms import unheard_alarms
from penstock.lint.rules.ordering.bus_without_deduplication_id import bus_without_deduplication_id
from penstock.lint.rules.ordering.bus_without_message_group import bus_without_message_group
from penstock.lint.rules.ordering.fifo_queue_behind_standard_topic import fifo_queue_behind_standard_topic
from penstock.lint.rules.ordering.fifo_topic_behind_bus import fifo_topic_behind_bus
from penstock.lint.rules.ordering.fifo_without_deduplication import fifo_without_deduplication
from penstock.lint.rules.ordering.function_behind_fifo_topic import function_behind_fifo_topic
from penstock.lint.rules.ordering.order_lost_behind_fifo_topic import order_lost_behind_fifo_topic
from penstock.lint.rules.ordering.order_lost_upstream import order_lost_upstream
from penstock.lint.rules.ordering.scheduled_copies_dropped import scheduled_copies_dropped
from penstock.lint.rules.ordering.subscriber_behind_fifo_topic import subscriber_behind_fifo_topic
from penstock.lint.rules.retries.endpoint_outage_loses_messages import endpoint_outage_loses_messages
from penstock.lint.rules.retries.failed_batches_dropped import failed_batches_dropped
from penstock.lint.rules.retries.failed_invocations_dropped import failed_invocations_dropped
from penstock.lint.rules.retries.half_of_failures_dropped import half_of_failures_dropped
from penstock.lint.rules.retries.stream_retries_without_age import stream_retries_without_age
from penstock.lint.rules.retries.unbounded_stream_retries import unbounded_stream_retries
from penstock.lint.rules.schedules.schedule_without_dead_letters import schedule_without_dead_letters
from penstock.lint.rules.schedules.scheduled_payload_unfit import scheduled_payload_unfit
from penstock.lint.rules.streams.whole_stream_batch_retried import whole_stream_batch_retried
from penstock.lint.rules.timeouts.killed_at_work import killed_at_work
from penstock.lint.rules.timeouts.visibility_below_function_timeout import visibility_below_function_timeout
from penstock.lint.rules.timeouts.visibility_below_processing import visibility_below_processing
from penstock.lint.rules.timeouts.visibility_below_retries import visibility_below_retries
from penstock.lint.rules.wire.filter_misses_wrapped_messages import filter_misses_wrapped_messages
from penstock.lint.rules.wire.name_lost import name_lost

RULES: tuple[Rule, ...] = (
    open_route_with_effects,
    unbounded_open_route,
    open_route_without_firewall,
    firewall_blocks_large_bodies,
    short_polling,
    queue_without_dead_letters,
    dead_letters_expire_early,
    dead_letters_of_other_type,
    unheard_dead_letters,
    few_receives,
    retention_ends_before_redrive,
    undeliverable_messages_dropped,
    failed_batches_expire,
    endpoint_without_rate,
    plain_http_endpoint,
    endpoint_retried_for_a_day,
    outside_reader_without_key,
    unconnected_component,
    cycle_without_exit,
    unsupported_hop,
    setting_without_effect,
    endpoint_setting_without_effect,
    event_forwarded_twice,
    effects_without_idempotency,
    idempotency_forgets_too_soon,
    incomplete_idempotency,
    two_routes_to_one_consumer,
    whole_stream_batch_retried,
    whole_batch_retried,
    function_without_concurrency,
    sources_exceed_concurrency,
    unbounded_writers,
    impossible_batch,
    competing_consumers,
    late_iterator_age_alarm,
    unheard_alarms,
    severity_without_effect,
    switched_off_without_owner,
    age_alarm_after_expiry,
    latency_alarm_beyond_timeout,
    fifo_queue_behind_standard_topic,
    order_lost_behind_fifo_topic,
    fifo_without_deduplication,
    bus_without_message_group,
    bus_without_deduplication_id,
    function_behind_fifo_topic,
    scheduled_copies_dropped,
    subscriber_behind_fifo_topic,
    order_lost_upstream,
    fifo_topic_behind_bus,
    unbounded_stream_retries,
    stream_retries_without_age,
    failed_batches_dropped,
    endpoint_outage_loses_messages,
    failed_invocations_dropped,
    half_of_failures_dropped,
    schedule_without_dead_letters,
    scheduled_payload_unfit,
    visibility_below_function_timeout,
    visibility_below_retries,
    visibility_below_processing,
    killed_at_work,
    name_lost,
    filter_misses_wrapped_messages,
)
"""The rules, in the order of their codes."""
