"""Which rules of topologies hold for templates too, and what to do there, in CloudFormation's words.

A rule that needs what no template says (contracts, rates, idempotency, the alarms that the compiler writes) is left out, with the reason.
"""

TOLD: dict[str, str] = {
    "concurrency.competing_consumers": (
        "let one function read the queue, or give each consumer a queue of its own behind an SNS topic"
    ),
    "concurrency.function_without_concurrency": (
        "remove `ReservedConcurrentExecutions`, or set the number that may run at once"
    ),
    "concurrency.impossible_batch": "set `BatchSize` and `MaximumBatchingWindowInSeconds` within what Lambda takes",
    "concurrency.shards_exceed_concurrency": (
        "raise `ReservedConcurrentExecutions` to the number of shards times `ParallelizationFactor`"
    ),
    "concurrency.sources_exceed_concurrency": (
        "lower `ScalingConfig.MaximumConcurrency`, or raise `ReservedConcurrentExecutions`"
    ),
    "concurrency.whole_batch_retried": (
        "set `FunctionResponseTypes: [ReportBatchItemFailures]` and return the ids of what failed, or `BatchSize: 1`"
    ),
    "dead_letters.dead_letters_expire_early": (
        "set `MessageRetentionPeriod: 1209600` on the dead-letter queue, and less on its source"
    ),
    "dead_letters.dead_letters_of_other_type": "name a dead-letter queue of the same type",
    "dead_letters.dead_letters_soon_gone": "set `MessageRetentionPeriod: 1209600`",
    "dead_letters.encrypted_bus_without_dead_letters": "set `DeadLetterConfig` of the bus",
    "dead_letters.failed_batches_expire": (
        "keep the records for longer (`RetentionPeriodHours`), or let the records themselves be kept: an"
        " S3 bucket as `OnFailure`"
    ),
    "dead_letters.few_receives": "set `maxReceiveCount: 5` or more",
    "dead_letters.poison_tried_for_hours": "set a smaller `maxReceiveCount`",
    "dead_letters.queue_without_dead_letters": (
        "set `RedrivePolicy` with a `deadLetterTargetArn` and a `maxReceiveCount` of 5 or more"
    ),
    "dead_letters.retention_ends_before_redrive": (
        "set a smaller `maxReceiveCount`, a shorter `VisibilityTimeout` or a longer `MessageRetentionPeriod`"
    ),
    "dead_letters.undeliverable_messages_dropped": (
        "set `RedrivePolicy` of the subscription, or `DeadLetterConfig` of the rule's target, and let "
        "the queue's policy admit it"
    ),
    "endpoints.plain_http_endpoint": "use https",
    "filters.rules_overlap": "let the patterns exclude each other, or keep one of the rules",
    "graph.event_forwarded_twice": "let the last bus get the event from the first",
    "graph.queue_bound_not_heeded": "set `MaximumMessageSize` of the topic",
    "ordering.bus_without_deduplication_id": "set `ContentBasedDeduplication: true` on the queue",
    "ordering.bus_without_message_group": "set `SqsParameters.MessageGroupId` of the target",
    "ordering.fifo_queue_behind_standard_topic": "make both FIFO, or neither",
    "ordering.fifo_topic_behind_bus": "let the rule send to a FIFO queue, or to a function that publishes",
    "ordering.followers_given_up": (
        "set `BatchSize: 1`, or `FunctionResponseTypes: [ReportBatchItemFailures]` and fail all that "
        "follows in the group"
    ),
    "ordering.function_behind_fifo_topic": "put a FIFO queue between the topic and the function",
    "ordering.order_lost_behind_fifo_topic": "make the queue FIFO",
    "ordering.subscriber_behind_fifo_topic": "let a FIFO topic deliver to queues alone",
    "retries.async_age_ends_retries": "set a longer `MaximumEventAgeInSeconds`, or fewer `MaximumRetryAttempts`",
    "retries.dead_letters_to_who_failed": (
        "leave dead letters where they are until the fault is mended, then redrive them"
    ),
    "retries.endpoint_outage_loses_messages": "set `DeliveryPolicy` and `RedrivePolicy` of the subscription",
    "retries.failed_batches_dropped": "set `DestinationConfig.OnFailure`",
    "retries.failed_invocations_dropped": (
        "set `DestinationConfig.OnFailure` in an `EventInvokeConfig`, or `DeadLetterConfig` of the function"
    ),
    "retries.half_of_failures_dropped": (
        "set both: `DestinationConfig.OnFailure` of the function, and the dead-letter queue of the delivery to it"
    ),
    "retries.stream_retries_without_age": "set `MaximumRecordAgeInSeconds` too",
    "retries.unbounded_stream_retries": (
        "set `MaximumRetryAttempts`, `MaximumRecordAgeInSeconds`, `BisectBatchOnFunctionError` and "
        "`DestinationConfig.OnFailure`"
    ),
    "sagas.callback_waits_for_ever": "set `TimeoutSeconds` or `HeartbeatSeconds` of the state",
    "sagas.caught_input_lost": "write `ResultPath: $.error` in this catcher",
    "sagas.deadline_past_catchers": "let the timeouts of the states come first, or look for executions that timed out",
    "sagas.definition_waits_in_express": "make the machine, or the Map around the state, STANDARD, or call without waiting",
    "sagas.error_of_nobody": "remove the name, or write the one that is told",
    "sagas.heartbeat_after_timeout": "set a smaller `HeartbeatSeconds`, or a larger `TimeoutSeconds`",
    "sagas.oversized_result_uncaught": (
        "catch `States.DataLimitExceeded` too, in an entry of its own before that of `States.ALL`"
    ),
    "sagas.passing_error_ends_task": (
        "set `Retry` for `Lambda.ServiceException`, `Lambda.SdkClientException` and `Lambda.TooManyRequestsException`"
    ),
    "sagas.retry_waits_for_days": "set `MaxDelaySeconds: 300`",
    "sagas.step_ends_before_function": (
        "set a longer `TimeoutSeconds` of the state than `Timeout` of the function, or a shorter one of the function"
    ),
    "sagas.task_without_timeout": "set `TimeoutSeconds`, a little more than what the state calls may take",
    "sagas.timeout_uncaught": "catch `States.Timeout` with it",
    "schedules.months_without_run": "use L for the last day of a month",
    "schedules.run_skipped_in_spring": "choose another hour, or UTC",
    "schedules.schedule_without_dead_letters": (
        "set `DeadLetterConfig` of the schedule's target, and let its role send to the queue"
    ),
    "streams.age_beyond_retention": "set a shorter `MaximumRecordAgeInSeconds`, or a longer `RetentionPeriodHours`",
    "streams.crowded_stream": (
        "give readers a throughput of their own with `AWS::Kinesis::StreamConsumer`, or more shards"
    ),
    "streams.records_too_large_for_lambda": "set `DestinationConfig.OnFailure`, or a smaller `MaxRecordSizeInKiB`",
    "streams.whole_stream_batch_retried": (
        "set `BisectBatchOnFunctionError: true` and `FunctionResponseTypes: [ReportBatchItemFailures]`"
    ),
    "timeouts.delayed_until_deleted": "set a longer `MessageRetentionPeriod` than `DelaySeconds`",
    "timeouts.runs_overlap": "let it run less often than it may take, or see to it that two runs do no harm",
    "timeouts.visibility_below_function_timeout": (
        "set `VisibilityTimeout` to six times the function's `Timeout` and the batching window"
    ),
    "timeouts.visibility_below_retries": (
        "set `VisibilityTimeout` to six times the function's `Timeout` and the batching window"
    ),
    "timeouts.window_hides_messages": "leave `MaximumBatchingWindowInSeconds` out",
}
"""The rules of topologies that hold for templates, each with what to do there."""

IN_OTHER_WORDS = {
    "`max_retries`": "`MaximumRetryAttempts`",
    ": no declared message says a `key`, so": ", so",
    "saga '": "state machine '",
    " and nothing is undone": "",
}
"""What the messages of those rules say in words of the topology language, and how that is said here."""

_NO_CONTRACTS = "no template says what travels"
_NO_RATES = "no template says how much travels"
_NO_ALARMS = "a template's alarms are its own, and these are the compiler's"
_NO_CODE = "no template says what code does"
_NO_SAGAS = "no template says what undoes what"
_OTHERS = "whatever stands outside of the template may be the other end"
_OURS = "it is about a key of the topology language"

LEFT_OUT: dict[str, str] = {
    "api": "routes are not drawn: who may call them and how often is said in too many places",
    "capacity": _NO_RATES,
    "choreography": _NO_CONTRACTS,
    "concurrency.blind_filter": _NO_CONTRACTS,
    "concurrency.filter_deletes_messages": "somebody else's filter may be meant to delete",
    "concurrency.pollers_exceed_concurrency": "pollers are not drawn",
    "concurrency.reserved_beyond_account": "others may share the account",
    "concurrency.unbounded_connections": _NO_CODE,
    "concurrency.unbounded_writers": _NO_CODE,
    "contracts": _NO_CONTRACTS,
    "cost": _NO_RATES,
    "dead_letters.idle_bus_dead_letters": "a key that is made elsewhere is not drawn",
    "dead_letters.mixed_dead_letters": "who empties a queue may know both forms",
    "dead_letters.unheard_dead_letters": _NO_ALARMS,
    "endpoints.endpoint_retried_for_a_day": "a day is EventBridge's default, and nobody asked for it",
    "endpoints.endpoint_without_rate": "AWS's own bound of 300 per second holds",
    "endpoints.outside_reader_without_key": _OURS,
    "filters.attributes_exceed_raw_delivery": _NO_CONTRACTS,
    "filters.filter_beyond_limits": "what is not known of a filter may be long",
    "filters.filter_matches_nothing": _NO_CONTRACTS,
    "filters.malformed_filter": (
        "a pattern may hold what only the deployment knows, or what AWS takes beside its documentation"
    ),
    "filters.number_compared_as_text": _NO_CONTRACTS,
    "filters.published_and_dropped": _NO_CONTRACTS,
    "filters.same_detail_type": _NO_CONTRACTS,
    "graph.cycle_cut_short": "what code sends is inferred, and CFN026 says so",
    "graph.cycle_without_exit": "what code sends is inferred",
    "graph.endpoint_setting_without_effect": _OURS,
    "graph.idle_import": _OURS,
    "graph.idle_message": _OURS,
    "graph.idle_success_records": _OTHERS,
    "graph.log_without_deliveries": _OURS,
    "graph.poison_goes_round": "what code sends is inferred",
    "graph.setting_without_effect": _OURS,
    "graph.unconnected_component": _OTHERS,
    "graph.unguarded_cycle": "what code sends is inferred, and CFN026 says so",
    "graph.unsupported_hop": "what a template joins, AWS joins",
    "graph.written_but_not_published": _NO_CODE,
    "idempotency": _NO_CODE,
    "observability": _NO_ALARMS,
    "ordering.fair_queue_without_groups": _OURS,
    "ordering.fifo_without_deduplication": _NO_CONTRACTS,
    "ordering.one_group_at_a_time": _NO_CONTRACTS,
    "ordering.order_lost_upstream": _NO_CONTRACTS,
    "ordering.scheduled_copies_dropped": "a payload may hold what only the deployment knows",
    "outbox": _NO_CODE,
    "pipes": _OURS,
    "retries.given_up_within_minutes": _NO_CODE,
    "retries.retries_multiply": _NO_CODE,
    "sagas.answers_no_callback": _OTHERS,
    "sagas.compensation_given_up_early": _NO_SAGAS,
    "sagas.compensation_never_runs": _NO_SAGAS,
    "sagas.deadline_before_steps": "steps that stand in a row may be either of two ways",
    "sagas.express_step_repeated": _NO_CODE,
    "sagas.inner_saga_cut_off": _NO_SAGAS,
    "sagas.nobody_answers": _OTHERS,
    "sagas.path_not_in_data": _NO_CONTRACTS,
    "sagas.start_without_key": _NO_CONTRACTS,
    "sagas.step_behind_fail": _OURS,
    "sagas.step_without_compensation": _NO_SAGAS,
    "schedules.runs_taken_for_copies": "a payload may hold what only the deployment knows",
    "schedules.scheduled_payload_unfit": _NO_CONTRACTS,
    "schedules.spent_schedule": "what SAM and CloudFormation do after the last run is stated elsewhere",
    "security": "resource policies have rules of their own",
    "streams.effects_begin_late": _NO_CODE,
    "streams.expiry_becomes_message": _NO_CONTRACTS,
    "streams.given_up_before_alarm": _NO_ALARMS,
    "streams.keys_without_order": _NO_CONTRACTS,
    "timeouts.caller_gone_before_answer": "routes are not drawn",
    "timeouts.heart_never_beats": _NO_CODE,
    "timeouts.hidden_for_hours": "a long time may be meant",
    "timeouts.killed_at_work": _NO_CODE,
    "timeouts.killed_while_sending": _NO_CODE,
    "timeouts.three_seconds": _NO_CODE,
    "timeouts.visibility_below_processing": _NO_CODE,
    "wire": _NO_CONTRACTS,
}
"""The rules, or whole families, that do not hold for templates, each with the reason."""
