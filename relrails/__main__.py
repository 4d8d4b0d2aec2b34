"""`python -m relrails` is the command line."""

import sys

from relrails.cli import main

if __name__ == "__main__":
    sys.exit(main())
