"""The release gate: asks for everything in one round, and hands what it got to the judge."""

from relrails.live.gate.asking import Questions as Questions
from relrails.live.gate.asking import questions as questions
from relrails.live.gate.facts import facts as facts
from relrails.live.gate.run import Examined as Examined
from relrails.live.gate.run import examine as examine
