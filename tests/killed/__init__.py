"""Processes that are killed in the middle of their work. This package is also the app that makes them stand still
there, so that they are killed at that very point in every run."""
