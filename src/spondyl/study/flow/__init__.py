"""The flow of films through a study: its counts, which must add up, and its picture."""
