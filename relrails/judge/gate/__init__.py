"""Whether a release may go out: what is known of a service in, a verdict with its reasons out."""

from relrails.judge.gate.facts import AlertFacts as AlertFacts
from relrails.judge.gate.facts import BurnFacts as BurnFacts
from relrails.judge.gate.facts import Facts as Facts
from relrails.judge.gate.facts import FreezeFacts as FreezeFacts
from relrails.judge.gate.facts import JourneyFacts as JourneyFacts
from relrails.judge.gate.facts import LimitFacts as LimitFacts
from relrails.judge.gate.facts import Missing as Missing
from relrails.judge.gate.facts import Reading as Reading
from relrails.judge.gate.facts import SLOFacts as SLOFacts
from relrails.judge.gate.finding import Finding as Finding
from relrails.judge.gate.verdict import Verdict as Verdict
from relrails.judge.gate.verdict import judge as judge
