"""Whether one series of measurements is lower than another, or only looks so."""

from relrails.judge.perf.comparing import Comparison as Comparison
from relrails.judge.perf.comparing import Contrast as Contrast
from relrails.judge.perf.comparing import Limits as Limits
from relrails.judge.perf.comparing import Series as Series
from relrails.judge.perf.comparing import Verdict as Verdict
from relrails.judge.perf.comparing import compare as compare
from relrails.judge.perf.comparing import overall as overall
from relrails.judge.perf.mann_whitney import p_value as p_value
from relrails.judge.perf.samples import LEAST as LEAST
from relrails.judge.perf.samples import Refused as Refused
from relrails.judge.perf.summary import Summary as Summary
from relrails.judge.perf.summary import summary as summary
