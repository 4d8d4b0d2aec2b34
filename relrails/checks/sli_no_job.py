"""An SLI that names no scrape job.

When no series comes, there are two stories: nothing was asked of the service, or nothing could be read from it. The
`up` series of the job tells which; without a job both page as a missing metric.

Flagged:
    requests = metric.Counter("http_requests_total").where(service="checkout")

    sli.Ratio(total=promql("sum(rate(jobs_total[$window]))"), bad=promql("sum(rate(lost_total[$window]))"))
Fine:
    requests = metric.Counter("http_requests_total").where(job="checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import filled, tree
from relrails.checks._place import at
from relrails.checks._use import uses, written
from relrails.problems import Label, Problem, Severity
from relrails.promql import selectors
from relrails.slo import SLO


@check("sli/no-job", severity=Severity.WARNING)
def no_job(slo: SLO) -> Iterator[Problem]:
    """Flag SLIs whose metrics have no `job="..."`."""
    read = [(use.name, use.metric.selector) for use in uses(slo)]
    for expression in written(slo):
        place = at(expression.promql, "text", 0)
        read += [(place, s) for s in selectors(filled(expression.promql.text))] if tree(expression.promql.text) else []
    if read and not any(m.label == "job" and m.op == "=" for _, selector in read for m in selector.matchers):
        place, selector = read[0]
        yield Problem(
            what=f"{selector.metric} names no scrape job",
            labels=(Label(place, 'no `job="..."`'),),
            why="a dead exporter cannot be told from a service that nobody uses, so both page as missing",
            fix='name the `job_name` of the scrape configuration: `.where(job="checkout")`, or `{job="checkout"}`',
        )
