"""What leaves the checkout: the text-free form of the dataset, its reunion with the texts, and the release.

From the bottom: ``quotations`` (the articles' words in other files, as references), ``fingerprint`` (where a text
differs, told from hashes) ← ``standoff`` (the record of what was left out), ``text_free`` (built files without text)
← ``strip``, ``hydrate`` ← ``contents`` (what a release holds), ``trial`` (a release, used as others will use it),
``packing`` (folder and archive).
"""
