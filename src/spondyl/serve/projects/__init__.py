"""Labelling projects: who labels which film next, how far readers agree, data sets in and out.

:mod:`access` says who may see and do what, :mod:`doubt` where the model is least sure,
:mod:`progress` how far the readers are, :mod:`agreement` how far they agree, :mod:`bring_in` and
:mod:`take_out` turn data sets into projects and projects into data sets.
"""
