"""Overrides on disk: created by two people, used once, and every word of it in a chain that nobody can edit unseen."""

from relrails.overrides.store import Entry as Entry
from relrails.overrides.store import Held as Held
from relrails.overrides.store import OverrideError as OverrideError
from relrails.overrides.store import Store as Store
