"""Manypaths: one record of what every learner has mastered, with the evidence behind it."""

from importlib.metadata import version

__version__ = version("manypaths")
