"""The Hugging Face dataset, built from the source of the corpus: Parquet, card, croissant.json.

From the bottom: ``view`` (an article with what follows from its record) ← ``tables`` (rows), ``stats`` (counts),
``example`` ← ``features`` (columns, types, labels) ← ``parquet``, ``card``, ``croissant`` ← ``folder`` (all files).
Only what needs ``datasets`` or mlcroissant imports it, so that counting stays quick.
"""
