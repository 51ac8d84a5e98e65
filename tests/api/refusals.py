"""How tests look at a refusal: one line for status, code and pointers."""

from typing import Any

import httpx


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which has the shape of RFC 9457."""
    problem = body(answer)
    return answer.status_code, problem["code"]


def pointers(answer: httpx.Response) -> list[str]:
    """Where the bad fields are."""
    return [one["pointer"] for one in body(answer).get("errors", [])]


def body(answer: httpx.Response) -> dict[str, Any]:
    """The problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert all(one["pointer"].startswith("/") or one["pointer"] == "" for one in problem.get("errors", []))
    assert all(one["detail"] for one in problem.get("errors", []))
    return problem
