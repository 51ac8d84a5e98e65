"""The tables, by subject. Importing this package registers all of them with `Base.metadata`."""

from store.tables import audit, configuration, countries, documents, effects, loyalty, requests, stock
from store.tables.base import Base

__all__ = ["Base", "audit", "configuration", "countries", "documents", "effects", "loyalty", "requests", "stock"]
