"""Score a file of predictions, as `parley score` does: python eval/score.py PREDICTIONS"""

import sys

from parley.cli import main

sys.argv.insert(1, "score")
main()
