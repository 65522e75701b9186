"""Check a file of predictions, as `parley check` does: python eval/check.py PREDICTIONS"""

import sys

from parley.cli import main

sys.argv.insert(1, "check")
main()
