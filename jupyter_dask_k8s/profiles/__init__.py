"""Profiles: named recipes for new clusters, with what a user may change and how far.

`Book` holds those of one backend. The rest is pure: `fields` knows the fields that
profiles speak of, `bounds` compares, `definition` reads a profile, `rules` says what a
request for a new cluster comes to, `changes` the same for one that is there, `form` makes
the JSON Schema, `builtin` has the package's own.
"""

from .book import Book, Ground
from .definition import Definition

__all__ = ["Book", "Definition", "Ground"]
