"""Label Studio: the labelling interface, records as results of an annotation and back, and the server.

The conversions are pure functions: ``config.label_config`` (the interface, annotation/labelstudio.xml),
``regions.task_data`` and ``regions.to_results`` (what a task holds, and the results that show a record),
``record.from_results`` (the record that results say, with findings and remarks; it never raises for what they hold).
"""
