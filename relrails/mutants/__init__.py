"""Breaks the rendered rules on purpose, one thing at a time, and sees which proof notices."""

from relrails.mutants.campaign import Plan as Plan
from relrails.mutants.campaign import mutate as mutate
from relrails.mutants.judging import Fate as Fate
from relrails.mutants.judging import Outcome as Outcome
from relrails.mutants.report import Report as Report
