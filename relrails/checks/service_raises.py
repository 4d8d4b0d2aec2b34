"""A file that raises an exception while it is imported.

The line shown is the deepest one of the writer's own files. A fault in a helper is told once, with all the service
files that it keeps from loading.

Flagged:
    import json
    limits = json.loads("{")
Fine:
    limits = {}
"""

from relrails.checks import elsewhere

elsewhere("service/raises", __doc__)
