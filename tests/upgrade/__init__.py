"""Installations of earlier versions, brought up to date as an office does it: `tongxin prepare`, on both databases.

For each release (and, before the first, for a named point on the way to it) `releases.py` says how far the migrations
had come, and fills the tables of then with rows, through the models of then. A new release adds an entry there; nothing
else has to be written.
"""
