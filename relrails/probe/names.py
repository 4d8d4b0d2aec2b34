"""Every name that the runner exports and the rules read; both take them from here, so that they cannot disagree."""

from typing import Literal, get_args

JOB = "relrails-probe"
"""The scrape job of the runner."""
BLACKBOX_JOB = "relrails-blackbox"
"""The scrape job of journeys that Blackbox runs."""
REACHABILITY_JOB = "relrails-reachability"
"""The scrape job of the companion checks: whether the hosts of the journeys answer at all."""
LISTEN = "127.0.0.1:9850"
"""Where the runner shows its metrics, unless it is told otherwise."""

SUCCESS = "probe_success"
HTTP_STATUS = "probe_http_status_code"
CERTIFICATE_ENDS = "probe_ssl_earliest_cert_expiry"
"""When the first of the certificates that a host shows expires, as Blackbox saw it; in unix seconds."""
CHAIN_ENDS = "probe_ssl_last_chain_expiry_timestamp_seconds"
"""When the last chain expires by which Blackbox trusts a host: from then on no handshake succeeds."""
RUNS = "relrails_probe_runs_total"
STEP_FAILURES = "relrails_probe_step_failures_total"
FAILING = "relrails_probe_failing"
DURATION = "relrails_probe_duration_seconds"
STEP_DURATION = "relrails_probe_step_duration_seconds"
PHASE = "relrails_probe_phase_seconds"
LAST_RUN = "relrails_probe_last_run_timestamp_seconds"
LAST_SUCCESS = "relrails_probe_last_success_timestamp_seconds"
LAST_FAILURE = "relrails_probe_last_failure_timestamp_seconds"
TRACE_PART = "relrails_probe_last_failure_trace_part"
"""The decimal trace id of the last failure in three parts, of 11, 11 and 10 digits, which a float holds exactly."""
RETRIES = "relrails_probe_retries_total"
RETRIES_SUPPRESSED = "relrails_probe_retries_suppressed_total"
LATENESS = "relrails_probe_lateness_seconds"
INFO = "relrails_probe_info"
EGRESS_OK = "relrails_runner_egress_ok"
LOG_OK = "relrails_runner_log_ok"
"""1 where the runner can write its log, 0 where lines wait in memory."""
BUILD_INFO = "relrails_runner_build_info"

Outcome = Literal["success", "flaky", "failure", "error", "skipped", "cancelled"]
Reason = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "http_4xx",
    "http_5xx",
    "redirect",
    "body_too_large",
    "assertion",
    "extract",
    "poll_timeout",
    "egress_blocked",
    "secret_unavailable",
    "runner_error",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""`flaky` succeeded at a second attempt; `error` is the runner's own fault, and says nothing of the service."""
REASONS: tuple[Reason, ...] = get_args(Reason)
TRACE_DIGITS = (11, 11, 10)
