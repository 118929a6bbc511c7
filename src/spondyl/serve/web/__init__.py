"""The reading room: a page where films are read, checked, drawn on and learned from.

:mod:`app` puts it together from :mod:`settings`: the REST interface (:mod:`routes`), who may do
what (:mod:`auth`), the reading of films, and the built page. Needs the extra ``[serve]``.
"""
