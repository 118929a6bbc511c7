"""From hospitals to data sets: films found, labelled, split, counted and written."""
