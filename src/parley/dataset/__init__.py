"""The Hugging Face dataset, built from gold, registry and texts: Parquet files, card and croissant.json.

``tables`` and ``clusters`` (rows) and ``features`` (columns, types, labels) give ``parquet``; ``stats`` counts;
``markdown`` (templates, example, label tables) gives ``card`` and ``pages`` (datasheet, generated parts of pages);
``build`` writes them all.
``tables``, ``clusters``, ``stats`` and ``markdown`` need neither ``datasets`` nor mlcroissant.
"""
