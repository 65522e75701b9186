"""An annotated article in the terminal and as a page, the pages of a report, and the static site. No server is needed."""
