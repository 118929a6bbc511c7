"""The work of the reading room: films taken in and read, worklist, measuring, decisions, events.

Nothing here knows of HTTP: :mod:`spondyl.serve.web` asks and answers. :mod:`taking` opens what is
handed in, :mod:`intake` keeps it, :mod:`reading` has it read; :mod:`worklist`, :mod:`measuring`,
:mod:`comparing` and :mod:`deciding` are what the page is made of.
"""
