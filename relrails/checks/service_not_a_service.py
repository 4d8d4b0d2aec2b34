"""A `service` that is something else.

One file describes one service; two services are two files.

Flagged:
    service = {"name": "checkout"}

    from relrails import Service
    service = Service
Fine:
    Service(...)
"""

from relrails.checks import elsewhere

elsewhere("service/not-a-service", __doc__)
