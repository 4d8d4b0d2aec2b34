"""Asks promtool, amtool and the Blackbox Exporter what they think of our files, and reads their answers as values.

A check that looked at nothing is a failure here, though promtool passes it: a pattern that matches no file, a file
without rules, a test without assertions.
"""

from relrails.promtool.answers import Checked as Checked
from relrails.promtool.answers import Failure as Failure
from relrails.promtool.answers import Finding as Finding
from relrails.promtool.answers import TestedFile as TestedFile
from relrails.promtool.answers import TestRun as TestRun
from relrails.promtool.neighbours import amtool_check_config as amtool_check_config
from relrails.promtool.neighbours import blackbox_check_config as blackbox_check_config
from relrails.promtool.process import ToolError as ToolError
from relrails.promtool.process import ToolMissingError as ToolMissingError
from relrails.promtool.process import ToolTimeoutError as ToolTimeoutError
from relrails.promtool.wrapper import Lint as Lint
from relrails.promtool.wrapper import Promtool as Promtool
