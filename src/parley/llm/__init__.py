"""Prompted models: from an article to the predictions of a language model.

``form`` is the quote form for structured output, ``prompt`` what a model is sent, ``answer`` what becomes of its answer,
``windows`` long articles in pieces; ``tasks`` has the tasks that Inspect runs, ``replay`` a model that answers from a
file, ``export`` the way from Inspect's log to a submission.
"""
