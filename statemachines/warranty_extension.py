"""Every move of a warranty extension: those of a commissioning request (`domain.md` §2.1)."""

from statemachines import commissioning

MOVES = commissioning.MOVES
