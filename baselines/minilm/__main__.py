"""``python -m baselines.minilm``: train the models and write their predictions."""

from baselines.learning import command
from baselines.minilm import apply, train

command("minilm", train, apply)
