"""An annotated article for people to look at: in the terminal, and as one page for the browser."""
