"""Label Studio: the labelling interface, records as results of an annotation and back, push, pull and the server.

The conversions are pure functions. ``interface.label_config`` is the interface (annotation/labelstudio.xml),
``to_results`` shows a record in it, ``from_results`` reads the record that results express. Only ``client`` talks to a
server.
"""

ORIGINAL, FAULTY = "labelstudio", "faulty"  # folders beside the records of a pass; see annotation/README.md
