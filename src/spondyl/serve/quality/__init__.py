"""Quality of a room: how many films, how many positive, what drifts, where readers disagree.

:mod:`dashboard` puts the figures together, :mod:`drift` says whether the model's answers shift,
:mod:`disagreement` where readers decide otherwise than the model; :mod:`recalibrate` fits a site to
accepted readings, which :mod:`site_file` keeps until an administrator takes it.
"""
