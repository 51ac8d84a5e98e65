"""The tables, by subject. Importing this package registers all of them with `Base.metadata`."""

from store.tables import (
    access,
    audit,
    configuration,
    countries,
    documents,
    effects,
    imports,
    loyalty,
    pages,
    requests,
    stock,
)
from store.tables.base import Base

__all__ = [
    "Base",
    "access",
    "audit",
    "configuration",
    "countries",
    "documents",
    "effects",
    "imports",
    "loyalty",
    "pages",
    "requests",
    "stock",
]
