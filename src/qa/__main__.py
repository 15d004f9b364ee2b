"""`python -m qa`: the `qa` command, for a process that starts it as its own child."""

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main())
