"""What an exit code means, the same for every command."""

FOUND = 1
"""It ran, and there is something to mend."""
COULD_NOT = 2
"""It could not do what it was asked to, or could not know."""
USAGE = 3
"""It was asked for something that there is not."""
INTERRUPTED = 130
"""Somebody pressed Ctrl-C; 128 + SIGINT, as shells have it."""
