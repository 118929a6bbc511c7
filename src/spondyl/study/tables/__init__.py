"""Tables of a study, and their forms: for the page, as CSV, as LaTeX."""
