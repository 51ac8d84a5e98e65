"""`keydesk api` that dies at the armed points. `python -m tests.crash.api api`"""

from unittest.mock import patch

from domain.messages import Decide
from tests.crash import points
from tests.crash.points import die_at
from workers import cli
from workflows import client as product


class DyingDesk(product.Desk):
    """Dies when all is written down and nobody has been told."""

    async def submit(self, case: product.Case) -> None:
        die_at(points.BEFORE_START, case.order.request_id)
        await super().submit(case)

    async def decide(self, case: product.Case, decision: Decide) -> None:
        die_at(points.BEFORE_UPDATE, case.order.request_id)
        await super().decide(case, decision)


if __name__ == "__main__":
    with patch.object(product, "Desk", DyingDesk):
        cli.main()
