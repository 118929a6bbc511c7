"""Steps from one form of the tables to the next, run at the start (Alembic)."""
