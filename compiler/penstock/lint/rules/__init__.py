"""The rules, family by family."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from penstock.lint.rule import Rule
from penstock.model.topology import Topology

_RULES: dict[str, str] = {
    "api.firewall_blocks_large_bodies": "`waf`",
    "api.one_caller_takes_all": "api",
    "api.open_route_with_effects": "api",
    "api.open_route_without_firewall": "api",
    "api.request_without_body": "api",
    "api.unbounded_open_route": "api",
    "capacity.consumer_falls_behind": "function, service",
    "capacity.endpoint_too_slow": "endpoint",
    "capacity.fifo_throughput_exceeded": "queue, topic",
    "capacity.group_throughput_exceeded": "`constant`",
    "capacity.in_flight_quota_exceeded": "queue",
    "capacity.quota_exceeded": "bus, stream, topic",
    "capacity.readers_exceed_shards": "stream",
    "capacity.shards_exceeded": "stream",
    "capacity.slow_to_catch_up": "function, service",
    "capacity.throttle_below_rate": "api",
    "choreography.compensation_unheard": "choreography",
    "choreography.end_never_comes": "choreography",
    "choreography.flow_stops": "choreography",
    "choreography.flow_without_owner": "choreography",
    "choreography.overdue_flow_unnoticed": "choreography",
    "choreography.step_not_undone": "choreography",
    "concurrency.blind_filter": "function",
    "concurrency.competing_consumers": "queue",
    "concurrency.filter_deletes_messages": "function",
    "concurrency.function_without_concurrency": "function",
    "concurrency.impossible_batch": "function",
    "concurrency.pollers_exceed_concurrency": "`pollers`",
    "concurrency.shards_exceed_concurrency": "stream >, store >",
    "concurrency.sources_exceed_concurrency": "function",
    "concurrency.unbounded_connections": "store",
    "concurrency.unbounded_writers": "function",
    "concurrency.whole_batch_retried": "function",
    "contracts.filter_misses_offloaded_payload": "`offload`",
    "contracts.key_unfit_for_group": "queue, stream, topic",
    "contracts.large_topic_of_small_readers": "topic",
    "contracts.message_too_large": "",
    "contracts.offload_out_of_reach": "`offload`",
    "contracts.offloaded_payload_expires": "`offload`",
    "contracts.path_not_in_contract": "",
    "contracts.path_without_value": "",
    "contracts.schema_above_max_size": "",
    "cost.short_polling": "service",
    "dead_letters.dead_letters_expire_early": "queue",
    "dead_letters.dead_letters_of_other_type": "queue",
    "dead_letters.dead_letters_soon_gone": "queue",
    "dead_letters.encrypted_bus_without_dead_letters": "bus",
    "dead_letters.failed_batches_expire": "stream >, store >",
    "dead_letters.few_receives": "queue",
    "dead_letters.idle_bus_dead_letters": "bus",
    "dead_letters.poison_tried_for_hours": "queue",
    "dead_letters.queue_without_dead_letters": "queue",
    "dead_letters.retention_ends_before_redrive": "queue",
    "dead_letters.undeliverable_messages_dropped": "topic, bus, store >",
    "dead_letters.unheard_dead_letters": "queue",
    "endpoints.endpoint_retried_for_a_day": "endpoint",
    "endpoints.endpoint_without_rate": "endpoint",
    "endpoints.outside_reader_without_key": "stream",
    "endpoints.plain_http_endpoint": "endpoint",
    "filters.attributes_exceed_raw_delivery": "`filter`",
    "filters.filter_beyond_limits": "bus, topic",
    "filters.filter_matches_nothing": "bus, queue, stream, topic",
    "filters.malformed_filter": "`filter`, `pattern`",
    "filters.number_compared_as_text": "`filter`, `pattern`",
    "filters.published_and_dropped": "bus, topic",
    "filters.rules_overlap": "`pattern`",
    "filters.same_detail_type": "`detail_type`",
    "graph.cycle_cut_short": "function",
    "graph.cycle_without_exit": "",
    "graph.endpoint_setting_without_effect": "endpoint",
    "graph.event_forwarded_twice": "bus > bus",
    "graph.idle_success_records": "record",
    "graph.log_without_deliveries": "`delivery_logging`",
    "graph.poison_goes_round": "queue",
    "graph.queue_bound_not_heeded": "topic > queue",
    "graph.setting_without_effect": "",
    "graph.unconnected_component": "",
    "graph.unguarded_cycle": "function, service",
    "graph.unsupported_hop": "",
    "idempotency.effects_without_idempotency": "function, service",
    "idempotency.idempotency_forgets_too_soon": "function, queue, service, stream",
    "idempotency.incomplete_idempotency": "function, service, store",
    "idempotency.two_routes_to_one_consumer": "topic, bus, stream",
    "observability.age_alarm_after_expiry": "queue",
    "observability.age_alarm_at_work": "queue",
    "observability.alarms_filtered_out": "topic",
    "observability.late_iterator_age_alarm": "stream >, store >",
    "observability.latency_alarm_beyond_timeout": "`latency`",
    "observability.severity_without_effect": "`severity`",
    "observability.switched_off_without_owner": "`off`",
    "observability.unheard_alarms": "`page`, `ticket`",
    "ordering.bus_without_deduplication_id": "bus, store >",
    "ordering.bus_without_message_group": "bus, store >",
    "ordering.fair_queue_without_groups": "`fair`",
    "ordering.fifo_queue_behind_standard_topic": "topic > queue",
    "ordering.fifo_topic_behind_bus": "bus > topic, store > topic",
    "ordering.fifo_without_deduplication": "queue, topic",
    "ordering.followers_given_up": "queue",
    "ordering.function_behind_fifo_topic": "topic > function",
    "ordering.one_group_at_a_time": "`constant`",
    "ordering.order_lost_behind_fifo_topic": "topic",
    "ordering.order_lost_upstream": "queue, topic",
    "ordering.scheduled_copies_dropped": "schedule",
    "ordering.subscriber_behind_fifo_topic": "email, endpoint",
    "outbox.published_beside_outbox": "outbox",
    "outbox.rows_kept_forever": "outbox",
    "outbox.rows_written_by_nobody": "outbox",
    "pipes.filter_without_attributes": "pipe",
    "pipes.pipe_cannot_unwrap": "pipe",
    "pipes.unstated_pipe": "queue > bus, queue > endpoint, queue > queue, queue > stream, queue > topic",
    "retries.async_age_ends_retries": "bus > function, schedule > function, store > function, topic > function",
    "retries.dead_letters_to_who_failed": "queue",
    "retries.endpoint_outage_loses_messages": "endpoint",
    "retries.failed_batches_dropped": "stream >, store >",
    "retries.failed_invocations_dropped": "bus > function, schedule > function, store > function, topic > function",
    "retries.half_of_failures_dropped": "bus > function, schedule > function, store > function, topic > function",
    "retries.retries_multiply": "function",
    "retries.stream_retries_without_age": "stream >, store >",
    "retries.unbounded_stream_retries": "stream >, store >",
    "sagas.answers_no_callback": "saga",
    "sagas.callback_waits_for_ever": "saga",
    "sagas.caught_input_lost": "saga",
    "sagas.compensation_given_up_early": "saga",
    "sagas.compensation_never_runs": "saga",
    "sagas.deadline_before_steps": "saga",
    "sagas.definition_waits_in_express": "saga",
    "sagas.error_of_nobody": "saga",
    "sagas.express_step_repeated": "saga",
    "sagas.heartbeat_after_timeout": "saga",
    "sagas.inner_saga_cut_off": "saga",
    "sagas.nobody_answers": "saga",
    "sagas.oversized_result_uncaught": "saga",
    "sagas.passing_error_ends_task": "saga",
    "sagas.path_not_in_data": "saga",
    "sagas.retry_waits_for_days": "saga",
    "sagas.start_without_key": "saga",
    "sagas.step_behind_fail": "saga",
    "sagas.step_ends_before_function": "saga",
    "sagas.step_without_compensation": "saga",
    "sagas.task_without_timeout": "saga",
    "sagas.timeout_uncaught": "saga",
    "schedules.months_without_run": "schedule",
    "schedules.run_skipped_in_spring": "schedule",
    "schedules.runs_taken_for_copies": "schedule",
    "schedules.schedule_without_dead_letters": "schedule",
    "schedules.scheduled_payload_unfit": "schedule",
    "security.outside_reader_competes": "`subscribe`",
    "security.policy_too_long": "queue",
    "security.secret_in_clear": "`environment`, `headers`",
    "security.secret_parameter_shown": "parameter",
    "streams.age_beyond_retention": "stream >, store >",
    "streams.crowded_stream": "stream >, store >",
    "streams.given_up_before_alarm": "stream >, store >",
    "streams.keys_without_order": "stream",
    "streams.records_too_large_for_lambda": "stream",
    "streams.whole_stream_batch_retried": "stream >, store >",
    "template.alarm_on_sent_dead_letters": "template",
    "template.dead_letters_not_admitted": "template",
    "template.delivery_not_admitted": "template",
    "template.key_policy_does_not_admit_sender": "template",
    "template.key_without_services": "template",
    "template.notified_function_drops_failures": "template",
    "template.pipe_waits_for_standard_machine": "template",
    "template.role_cannot_reach_target": "template",
    "template.role_cannot_send_dead_letters": "template",
    "template.route_gives_up_before_function": "template",
    "template.sent_comes_back": "template",
    "template.stream_settings_on_queue": "template",
    "template.target_without_dead_letters": "template",
    "template.topic_policy_with_condition": "template",
    "template.trust_narrower_than_group": "template",
    "template.two_policies_on_one_queue": "template",
    "template.unbounded_pipe_retries": "template",
    "timeouts.caller_gone_before_answer": "api",
    "timeouts.delayed_until_deleted": "`delay`",
    "timeouts.heart_never_beats": "service",
    "timeouts.killed_at_work": "service",
    "timeouts.killed_while_sending": "function",
    "timeouts.runs_overlap": "schedule",
    "timeouts.three_seconds": "function",
    "timeouts.visibility_below_function_timeout": "queue",
    "timeouts.visibility_below_processing": "service",
    "timeouts.visibility_below_retries": "queue",
    "timeouts.window_hides_messages": "pipe",
    "wire.filter_misses_wrapped_messages": "topic",
    "wire.mixed_events_looked_into": "bus",
    "wire.name_lost": "",
    "wire.nameless_messages": "bus, store >",
    "wire.records_taken_for_messages": "record",
}
"""Where each rule stands, and the kinds of component of which a topology must have one for the rule to have anything to say;
``import`` or ``parameter``, if it must have one; ``pipe``, if something must be brought from what is read to a channel or an endpoint;
``record``, if some function must tell of its successes; and a word of the language, in backticks, if it must stand somewhere in the text.

Only rules that have are imported, so that a small topology does not pay for all of them.
"""

_WORD = "`"
_READ = frozenset({"queue", "store", "stream"})
_BROUGHT_TO = frozenset({"bus", "endpoint", "queue", "stream", "topic"})

_ADVICE: dict[str, tuple[str, str]] = {
    "concurrency.reserved_beyond_account": ("LAM015", "function"),
    "contracts.format_not_checked": ("CON010", ""),
    "cost.everything_logged": ("CST004", "topic, bus"),
    "cost.idle_pollers": ("CST006", "queue > function"),
    "cost.warm_for_nobody": ("CST005", "function"),
    "dead_letters.mixed_dead_letters": ("DLQ023", "bus, function, queue, schedule"),
    "graph.idle_import": ("GRF021", "import"),
    "graph.idle_message": ("GRF020", ""),
    "graph.written_but_not_published": ("GRF016", "api"),
    "idempotency.effect_outside_its_guard": ("IDM008", "function, service"),
    "idempotency.replay_after_forgetting": ("IDM007", "bus"),
    "observability.dead_letters_below_alarm": ("OBS024", "queue"),
    "observability.pages_by_mail": ("OBS022", ""),
    "observability.trace_ends_midway": ("OBS025", "function"),
    "retries.given_up_within_minutes": ("RTY023", "queue"),
    "sagas.deadline_past_catchers": ("SAG031", "saga"),
    "schedules.spent_schedule": ("SCD006", "schedule"),
    "streams.effects_begin_late": ("KIN017", "stream >, store >"),
    "streams.expiry_becomes_message": ("KIN016", "store >"),
    "template.not_looked_into": ("CFN027", "template"),
    "timeouts.hidden_for_hours": ("VIS018", "queue"),
}
"""The same for the rules that are infos, with their codes: nobody hears of them who has not asked for more than the usual."""

RULES: tuple[Rule, ...]
"""Every rule, in the order of their codes."""


def rules_for(topology: Topology, asked: Callable[[str], bool], mentions: Callable[[str], bool]) -> Iterator[Rule]:
    """The rules that may have something to say of a topology; of the infos those whose code somebody asked for.

    ``mentions`` says whether a word stands in the topology's text.
    """
    return rules_at(homes_for(topology, asked, mentions))


def rules_at(homes: Iterable[str]) -> Iterator[Rule]:
    """The rules that stand in these places."""
    return map(_rule, homes)


def homes_for(
    topology: Topology, asked: Callable[[str], bool], mentions: Callable[[str], bool] | None = None
) -> Iterator[str]:
    """Where the rules stand that may have something to say of a topology."""
    there = {component.word for component in topology.components.values()} | ({"import"} if topology.imports else set())
    there |= ({"parameter"} if topology.parameters else set()) | ({"record"} if topology.handovers else set())
    if topology.drawn:
        there.add("template")
    if "outbox" in there:
        there.add("function")  # its relay is one
    pairs = {(one.source.word, one.target.word) for one in topology.connections}
    if any(source in _READ and target in _BROUGHT_TO for source, target in pairs):
        there.add("pipe")
    there |= {f"{source} >" for source, _ in pairs} | {f"{source} > {target}" for source, target in pairs}
    advice = {home: needed for home, (code, needed) in _ADVICE.items() if asked(code)}
    may_say = mentions if mentions and not topology.imports else bool  # else the text is not all that there is
    for home, needed in (_RULES | advice).items():
        words = needed.split(", ")
        said = needed.startswith(_WORD) and any(may_say(word.strip(_WORD)) for word in words)
        if not needed or said or not there.isdisjoint(words):
            yield home


def _rule(home: str) -> Rule:
    rule: Rule = getattr(import_module(f"penstock.lint.rules.{home}"), home.rpartition(".")[2])
    return rule


def __getattr__(name: str) -> tuple[Rule, ...]:
    """``RULES``, when somebody asks for all of them."""
    if name != "RULES":
        raise AttributeError(name)
    return tuple(sorted(map(_rule, (*_RULES, *_ADVICE)), key=lambda rule: rule.code))
