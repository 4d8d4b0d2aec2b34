"""The probe runner: walks the journeys on their schedule, and says how each went.

Nothing here imports what has units: journeys arrive as a `Plan`, read by a process of its own.
"""
