"""One writer at a time."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relrails.output.refusal import Refused, locked

PATIENCE_SECONDS = 120
_EVERY_SECONDS = 0.05
_NO_LOCKS = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def alone(folder: Path, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Wait until nobody else writes the folder, and keep others out; the lock ends with the process, however it ends.

    The folder itself is locked, so no lock file is left in it.
    """
    if sys.platform == "win32":  # has no such lock
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _wait(descriptor, folder, patience_seconds)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, folder: Path, patience_seconds: float) -> None:
    import fcntl  # not on Windows

    until = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Refused([locked(folder, round(patience_seconds))]) from None
            time.sleep(_EVERY_SECONDS)
        except OSError as error:
            if error.errno in _NO_LOCKS:  # some network file systems: as good as before there were locks
                return
            raise
        else:
            return
