"""``python -m baselines.tfidf``: train the models and write their predictions."""

from baselines.learning import command
from baselines.tfidf import apply, train

command("tfidf", train, apply)
