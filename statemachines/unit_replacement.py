"""Every move of a unit replacement: those of a commissioning request (`domain.md` §2.5)."""

from statemachines import commissioning

MOVES = commissioning.MOVES
