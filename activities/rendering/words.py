"""The words that the desk itself puts on a card, in the language of the country; English where we have no other.

A new language is one more `Words` in `WORDS`, one more entry in `DURATIONS` and its email templates.
"""

from dataclasses import dataclass

from domain.calendar import DurationUnit
from domain.states import Kind, State


@dataclass(frozen=True)
class Words:
    """Everything on a card that is not on its face. `{…}` is where a value of the card goes."""

    language: str
    card: str
    version: str
    issued: str
    replaces: str
    page: str
    of: str
    kinds: dict[Kind, str]
    extension: str
    extra_years: str
    certifies: str
    tiers: dict[str, tuple[str, str]]
    period: str
    last_day: str
    installer: str
    place: str
    commissioned: str
    is_valid: str
    scan: str
    qr_code: str
    units: str
    columns: tuple[str, str, str, str]
    in_place: str
    roles: dict[str, str]
    conditions: str
    responsibilities: str
    in_short: dict[str, str]
    none: str
    states: dict[State, str]


ENGLISH = Words(
    language="en",
    card="Warranty card",
    version="version",
    issued="issued {day}",
    replaces="replaces version {version}",
    page="Page",
    of="of",
    kinds={
        Kind.COMMISSIONING: "Commissioning warranty",
        Kind.WARRANTY_EXTENSION: "Warranty extension",
        Kind.END_USER_WARRANTY: "End-user warranty",
        Kind.EXTRA_YEARS: "Extra years",
        Kind.UNIT_REPLACEMENT: "Unit replacement",
    },
    extension="Extension: this card extends the warranty of the units listed below",
    extra_years="Extra years: this card prolongs the end-user warranty of the units listed below",
    certifies="This card certifies the following warranty for the units listed below.",
    tiers={
        "full": ("Full warranty", "parts and labour, all units"),
        "compressor": ("Compressor warranty", "parts only, outdoor units"),
    },
    period="{first} to {last}",
    last_day="last covered day",
    installer="Installer",
    place="Installation",
    commissioned="Commissioned on",
    is_valid="Is this card valid?",
    scan="Scan the code or open this address; it shows whether the card is valid today:",
    qr_code="QR code of the address beside it",
    units="Units under this warranty",
    columns=("No.", "Unit", "Product", "Serial number"),
    in_place="in place of {serial} since {day}",
    roles={"outdoor": "outdoor", "indoor": "indoor"},
    conditions="Conditions",
    responsibilities="Responsibilities",
    in_short={"full": "full", "compressor": "compressor"},
    none="no warranty",
    states={
        State.SUBMITTED: "Check pending",
        State.ACCEPTED: "Check pending",
        State.WRONG_DATA: "Wrong data",
        State.DENIED: "Denied",
        State.PROCESSED: "Accepted",
        State.PARTIALLY_ACCEPTED: "Partially accepted",
        State.CANCELLED: "Canceled",
    },
)

SPANISH = Words(
    language="es",
    card="Tarjeta de garantía",
    version="versión",
    issued="emitida el {day}",
    replaces="sustituye a la versión {version}",
    page="Página",
    of="de",
    kinds={
        Kind.COMMISSIONING: "Garantía de puesta en marcha",
        Kind.WARRANTY_EXTENSION: "Extensión de garantía",
        Kind.END_USER_WARRANTY: "Garantía de usuario final",
        Kind.EXTRA_YEARS: "Años adicionales de garantía",
        Kind.UNIT_REPLACEMENT: "Sustitución de unidad",
    },
    extension="Extensión: esta tarjeta amplía la garantía de las unidades que figuran a continuación",
    extra_years="Años adicionales: esta tarjeta prolonga la garantía de usuario final de estas unidades",
    certifies="Esta tarjeta acredita la siguiente garantía para las unidades que figuran a continuación.",
    tiers={
        "full": ("Garantía completa", "piezas y mano de obra, todas las unidades"),
        "compressor": ("Garantía del compresor", "solo piezas, unidades exteriores"),
    },
    period="del {first} al {last}",
    last_day="último día cubierto",
    installer="Instalador",
    place="Lugar de instalación",
    commissioned="Puesta en marcha",
    is_valid="¿Es válida esta tarjeta?",
    scan="Escanee el código o abra esta dirección para comprobar si la tarjeta es válida hoy:",
    qr_code="Código QR de la dirección que figura al lado",
    units="Unidades cubiertas por esta garantía",
    columns=("N.º", "Unidad", "Producto", "Número de serie"),
    in_place="en lugar de {serial} desde el {day}",
    roles={"outdoor": "exterior", "indoor": "interior"},
    conditions="Condiciones",
    responsibilities="Responsabilidades",
    in_short={"full": "completa", "compressor": "compresor"},
    none="sin garantía",
    states={
        State.SUBMITTED: "Pendiente de revisión",
        State.ACCEPTED: "Pendiente de revisión",
        State.WRONG_DATA: "Datos incorrectos",
        State.DENIED: "Denegada",
        State.PROCESSED: "Aceptada",
        State.PARTIALLY_ACCEPTED: "Aceptada en parte",
        State.CANCELLED: "Cancelada",
    },
)

PORTUGUESE = Words(
    language="pt",
    card="Cartão de garantia",
    version="versão",
    issued="emitido em {day}",
    replaces="substitui a versão {version}",
    page="Página",
    of="de",
    kinds={
        Kind.COMMISSIONING: "Garantia de colocação em serviço",
        Kind.WARRANTY_EXTENSION: "Extensão de garantia",
        Kind.END_USER_WARRANTY: "Garantia de utilizador final",
        Kind.EXTRA_YEARS: "Anos adicionais de garantia",
        Kind.UNIT_REPLACEMENT: "Substituição de unidade",
    },
    extension="Extensão: este cartão prolonga a garantia das unidades abaixo indicadas",
    extra_years="Anos adicionais: este cartão prolonga a garantia de utilizador final destas unidades",
    certifies="Este cartão certifica a seguinte garantia para as unidades abaixo indicadas.",
    tiers={
        "full": ("Garantia completa", "peças e mão de obra, todas as unidades"),
        "compressor": ("Garantia do compressor", "apenas peças, unidades exteriores"),
    },
    period="de {first} a {last}",
    last_day="último dia coberto",
    installer="Instalador",
    place="Local da instalação",
    commissioned="Colocação em serviço",
    is_valid="Este cartão é válido?",
    scan="Leia o código ou abra este endereço para confirmar se o cartão é válido hoje:",
    qr_code="Código QR do endereço ao lado",
    units="Unidades abrangidas por esta garantia",
    columns=("N.º", "Unidade", "Produto", "Número de série"),
    in_place="no lugar de {serial} desde {day}",
    roles={"outdoor": "exterior", "indoor": "interior"},
    conditions="Condições",
    responsibilities="Responsabilidades",
    in_short={"full": "completa", "compressor": "compressor"},
    none="sem garantia",
    states={
        State.SUBMITTED: "Verificação pendente",
        State.ACCEPTED: "Verificação pendente",
        State.WRONG_DATA: "Dados incorretos",
        State.DENIED: "Recusado",
        State.PROCESSED: "Aceite",
        State.PARTIALLY_ACCEPTED: "Aceite em parte",
        State.CANCELLED: "Cancelado",
    },
)

WORDS = {words.language: words for words in (ENGLISH, SPANISH, PORTUGUESE)}

DURATIONS = {
    "en": {
        DurationUnit.DAYS: ("day", "days"),
        DurationUnit.WEEKS: ("week", "weeks"),
        DurationUnit.MONTHS: ("month", "months"),
        DurationUnit.YEARS: ("year", "years"),
    },
    "es": {
        DurationUnit.DAYS: ("día", "días"),
        DurationUnit.WEEKS: ("semana", "semanas"),
        DurationUnit.MONTHS: ("mes", "meses"),
        DurationUnit.YEARS: ("año", "años"),
    },
    "pt": {
        DurationUnit.DAYS: ("dia", "dias"),
        DurationUnit.WEEKS: ("semana", "semanas"),
        DurationUnit.MONTHS: ("mês", "meses"),
        DurationUnit.YEARS: ("ano", "anos"),
    },
}
"""One and many of each unit."""


def words_in(language: str) -> Words:
    """The words of a language or of its base language (`pt` for `pt-BR`), else English."""
    return WORDS[_spoken(language)]


def duration_in_words(count: int, unit: str, language: str) -> str:
    """A duration as people say it: `duration_in_words(5, "years", "es")` is "5 años".

    `unit` is a `DurationUnit` value; another one raises `ValueError`.
    """
    one, many = DURATIONS[_spoken(language)][DurationUnit(unit)]
    return f"{count} {one if count == 1 else many}"


def _spoken(language: str) -> str:
    known = (name for name in (language, language.split("-")[0]) if name in WORDS)
    return next(known, ENGLISH.language)
