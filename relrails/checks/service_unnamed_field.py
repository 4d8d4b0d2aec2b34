"""A value without the name of its field.

Fields are given by name, so that they can stand in any order and every line of a diff says what it changes.

Flagged:
    probe = metric.Gauge("probe_success", ("job",))
Fine:
    probe = metric.Gauge("probe_success", labels=("job",)).where(job="checkout")
"""

from relrails.checks import elsewhere

elsewhere("service/unnamed-field", __doc__)
