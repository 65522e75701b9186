"""A picture of what annotators confuse: one grid a field, labels against labels."""

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from parley.agreement import Passes, confusions

_SHOWN = [("entities", "type"), ("entities", "role in context"), ("events", "type"), ("events", "status")]


def draw(passes: Passes, articles: Sequence[str], kind: str = "svg") -> bytes:
    """Return a picture (``svg`` or ``png``) of the confusions between all pairs of annotators.

    A cell counts the items that one annotator gave the label of its row and another that of its column; the diagonal is
    agreement, ``missing`` is an item that one did not have. Grids are symmetric: each pair counts in both directions.
    """
    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 8}):
        figure = Figure(figsize=(13, 12), layout="constrained")
        grids = figure.subplots(2, 2)
        for axes, (layer, field) in zip(grids.flat, _SHOWN, strict=True):
            counted = confusions(layer, field, passes, articles)
            labels = [*sorted({label for pair in counted for label in pair} - {"missing"}), "missing"]
            table = [[counted[row, column] for column in labels] for row in labels]
            most = max((n for r, row in enumerate(table) for c, n in enumerate(row) if r != c), default=0) or 1
            axes.imshow([[0 if r == c else n for c, n in enumerate(row)] for r, row in enumerate(table)], cmap="Reds", vmin=0, vmax=2 * most)  # fmt: skip
            for r, row in enumerate(table):
                for c, n in enumerate(row):
                    if n:
                        axes.text(c, r, str(n), ha="center", va="center", color="0.55" if r == c else "black", weight="normal" if r == c else "bold")  # fmt: skip
            axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right")
            axes.set_yticks(range(len(labels)), labels)
            axes.set_title(f"{layer}: {field}")
        content = io.BytesIO()
        figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return content.getvalue()
