"""Isnad: questions to your articles, answered by quotes that can be checked."""

__version__ = "0.1.0"
