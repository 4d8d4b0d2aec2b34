"""Everything that is measured before and after."""

from bench.perf import fetching, queries

SUBJECTS = {subject.name: subject for subject in (queries.SUBJECT, fetching.SUBJECT)}
