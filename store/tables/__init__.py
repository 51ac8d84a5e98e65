"""The tables, by subject. Importing this package registers all of them with `Base.metadata`."""

from store.tables import configuration, countries, documents, effects, requests, stock
from store.tables.base import Base

__all__ = ["Base", "configuration", "countries", "documents", "effects", "requests", "stock"]
