"""Brings the staging environment up on the loopback, with free ports and a temporary folder, and down again."""

from staging.environment.component import StagingError as StagingError
from staging.environment.component import wait as wait
from staging.environment.environment import EVERYTHING as EVERYTHING
from staging.environment.environment import Environment as Environment
from staging.environment.environment import eventually as eventually
from staging.environment.pace import Pace as Pace
