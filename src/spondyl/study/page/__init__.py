"""The study page: figures, charts, films, the CLAIM checklist, in one HTML file."""
