"""The rule groups of an SLO: one for minutes, one for days, each evaluated in order."""

from relrails.rules import names
from relrails.rules.alerts import long_alerts, short_alerts
from relrails.rules.records import long_records, short_records
from relrails.rules.values import RuleGroup
from relrails.service import Service
from relrails.slo import SLO


def rule_groups(service: Service, slo: SLO) -> tuple[RuleGroup, RuleGroup]:
    """Render one SLO."""
    return (
        RuleGroup(
            name=names.group_name(service, slo),
            interval=names.SHORT_INTERVAL,
            rules=(*short_records(service, slo), *short_alerts(service, slo)),
        ),
        RuleGroup(
            name=names.long_group_name(service, slo),
            interval=names.LONG_INTERVAL,
            rules=(*long_records(service, slo), *long_alerts(service, slo)),
        ),
    )
