"""Text on a card that tries to read a file, call out or run code is printed as the text it is."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from activities.rendering.cards import card_html, card_pdf
from activities.rendering.face import CardFace, CardUnit
from tests.activities.rendering.faces import FACE, pages, squeezed

ATTACKS = [
    '<img src="file:///etc/passwd">',
    "<img src=/etc/passwd>",
    '<img src="http://127.0.0.1:9/x.png">',
    '<img src="https://keydesk.example/x.svg">',
    "<img src=x onerror=alert(1)>",
    '<link rel="stylesheet" href="file:///etc/hosts">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    "<style>@import url('file:///etc/passwd');</style>",
    "<style>@font-face { font-family: x; src: url(file:///etc/passwd); }</style>",
    "<style>@page { background-image: url(/etc/passwd); }</style>",
    "</style><style>body{background:url(http://127.0.0.1:9/)}",
    '<p style="background-image: url(file:///etc/passwd)">x</p>',
    "background: url(/etc/passwd);",
    '<pdf:include src="/etc/passwd">',
    '<pdf:template name="x" background="/etc/passwd">',
    '<pdf:font name="x" src="/etc/passwd">',
    '<pdf:barcode value="x" type="qr">',
    "<pdf:nextpage><pdf:spacer>",
    "<pdf:toc />",
    '<object data="/etc/passwd"></object>',
    '<embed src="/etc/passwd"><iframe src="file:///etc/passwd">',
    '<svg><image href="file:///etc/passwd"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="http://127.0.0.1:9/x#y"/></svg>',
    '<canvas type="graph">{"a": 1}</canvas>',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "&lt;img src=/etc/passwd&gt; &#60;b&#62; &amp;",
    "<script>alert(1)</script>",
    '<a href="file:///etc/passwd">x</a>',
    "--></style></head></html>",
    "]]>",
    "</td></tr></table></body>",
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{# hidden #}",
    "${7*7} <%= 7*7 %> #{7*7}",
    "__import__('os').system('id')",
]

WATCHED_RENDER = """
import json, re, sys
from activities.rendering.cards import card_pdf
from tests.activities.rendering.faces import FACE
from tests.activities.rendering.test_card_attacks import ATTACKS, WATCHED, with_attack

card_pdf(FACE)
seen = []

def watch(event, args):
    # reportlab parses the colours of our own stylesheet as Python literals; the file's date is set
    # through the environment
    colour = event == "compile" and re.fullmatch(rb"#[0-9a-f]{6}", args[0])
    if event.startswith(WATCHED) and not colour and event not in {"os.putenv", "os.unsetenv"}:
        seen.append([event, repr(args)[:200]])

sys.addaudithook(watch)
for attack in ATTACKS:
    card_pdf(with_attack(attack))
answer = list(seen)
open("/dev/null").close()  # proves that the hook sees anything at all
print(json.dumps({"while rendering": answer, "afterwards": len(seen)}))
"""

WATCHED = (
    *(
        "open",
        "os.",
        "exec",
        "compile",
        "import",
        "pickle.",
        "socket.",
        "subprocess.",
        "shutil.",
        "tempfile.",
    ),
    *("urllib.", "http.", "ftplib.", "smtplib.", "glob.", "pathlib.", "ctypes.", "mmap.", "sqlite3.", "pty."),
)


def with_attack(attack: str) -> CardFace:
    """A face with the attack in every text that somebody can edit."""
    return replace(
        FACE,
        number=attack,
        country_name=attack,
        installer=attack,
        postcode=attack,
        city=attack,
        text=f"{attack}\n\n{attack}",
        responsibilities=attack,
        verify_url=attack,
        units=(CardUnit(attack, attack, attack),),
        tiers=(replace(FACE.tiers[0], duration=attack),),
    )


def test_no_attack_opens_a_file_or_a_socket_or_runs_anything() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED_RENDER], check=True, capture_output=True, text=True, timeout=120
    )
    assert json.loads(done.stdout) == {"while rendering": [], "afterwards": 1}
    assert done.stderr == ""


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_printed_as_it_was_typed(attack: str) -> None:
    everything = squeezed(" ".join(pages(card_pdf(with_attack(attack)))))
    assert everything.count(squeezed(attack)) >= 8


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if "<" in attack])
def test_no_attack_becomes_markup(attack: str) -> None:
    html = card_html(with_attack(attack))
    assert attack not in html
    assert html.count("<img") == 1
    assert html.count("<a ") == 1
    assert html.count("<style") == 1
