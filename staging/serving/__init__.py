"""What both services have in common: identity, traces, logs, metrics, audit, faults for drills, shutdown."""
