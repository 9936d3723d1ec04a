"""`python -m multiagency.cli`."""

import sys

from multiagency.cli.main import main

sys.exit(main())
