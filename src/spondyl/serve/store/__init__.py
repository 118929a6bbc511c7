"""What the reading room keeps: films, readings, decisions, users, projects.

:mod:`tables` are the rows, :mod:`engine` opens a database of them (SQLite or PostgreSQL, brought to
its newest form by :mod:`migrations`), :mod:`films` keeps the films' bytes in a folder or an
S3-compatible store. Decisions are only ever added: :mod:`guard` has the database itself refuse
anything else. Needs the extra ``[serve]``.
"""
