"""An annotated article in the terminal and as a page, the pages of a report, the static site. No server needed."""
