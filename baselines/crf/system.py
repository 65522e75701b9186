"""The steps of the system, each from what those before it found."""

from collections.abc import Sequence

from baselines import tfidf
from baselines.learning import Example
from baselines.tfidf.transfer import transfer

from parley.model import Prediction
from parley.task import Task

from .arguments import Arguments
from .clusters import Clusters
from .entities import Entities
from .events import Events
from .mentions import Mentions
from .output import record
from .view import View, gold


class System:
    """All taggers and classifiers."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Learn from articles with gold."""
        views = [gold(example) for example in examples]
        self.mentions = Mentions().fit(views)
        self.entities = Entities().fit(views)
        self.events = Events().fit(views)
        self.arguments = Arguments().fit(views)
        self.clusters = Clusters().fit(views)
        self.stances = tfidf.train(examples)

    def annotate(self, task: Task) -> Prediction:
        """Annotate one article."""
        view = View(task)
        view.mentions = self.mentions.find(view)
        self.entities.group(view)
        view.acts = self.events.find(view)
        self.events.complete(view)
        self.arguments.fill(view)
        self.clusters.group(view)
        found = self.stances.add(record(view), task)
        return transfer(tfidf.apply(self.stances, task), found)  # `rules` finds more of the speech
