"""Tongxin 同心: the work of a consultative assembly with the people it speaks for."""

__version__ = "0.1.0"
