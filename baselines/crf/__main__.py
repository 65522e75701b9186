"""``python -m baselines.crf``: train the system and write its predictions."""

from baselines.crf import apply, train
from baselines.learning import command

command("crf", train, apply)
