"""What the configuration's lists, fields and values are called: sources of the catalogues, as `api.pages.words`."""

from api.pages.words import CLASSES, KINDS, SALES, UNIT_ROLES, n_

RESOURCES = {
    "line-ups": n_("Product ranges"),
    "products": n_("Products"),
    "wholesalers": n_("Wholesalers and matrix"),
    "organisational-units": n_("Organisational units"),
    "collaborations": n_("Collaborations"),
    "companies": n_("Companies"),
    "accounts": n_("Accounts"),
    "coverage-reasons": n_("Coverage reasons"),
    "inventory": n_("Inventory definitions"),
    "policies": n_("Warranty policies"),
    "card-texts": n_("Texts on cards"),
    "documentation": n_("Documents asked for"),
    "downloads": n_("Downloads"),
    "notifications": n_("Emails"),
    "codes": n_("Warranty codes"),
    "campaigns": n_("Campaigns"),
    "campaign-products": n_("Products of campaigns"),
    "push-periods": n_("Push periods"),
}
IMPORT_STATES = {
    "waiting": n_("waiting"),
    "running": n_("running"),
    "done": n_("done"),
    "refused": n_("refused"),
    "failed": n_("failed"),
}
# Fields of the configuration, where another word says it better than their name.
CONFIGURED = {
    "code": n_("Code"),
    "name": n_("Name"),
    "reference": n_("Product"),
    "line_up": n_("Product range"),
    "line_ups": n_("Product ranges"),
    "distributes": n_("Distributes"),
    "gives_warranty": n_("Gives warranty"),
    "company_class": n_("Class"),
    "pro_partner": n_("PRO Partner"),
    "organisational_unit": n_("Organisational unit"),
    "organisational_units": n_("Organisational units"),
    "state": n_("State"),
    "tag": n_("Purpose"),
    "tiers": n_("Tiers"),
    "goods": n_("Allowed goods"),
    "kinds": n_("Kinds of request"),
    "installer_classes": n_("Installer classes"),
    "schemes": n_("Schemes"),
    "coverage_reasons": n_("Coverage reasons"),
    "effective_from": n_("Effective from"),
    "effective_to": n_("Effective to"),
    "title": n_("Title"),
    "required": n_("Required"),
    "subject": n_("Subject"),
    "body": n_("Text"),
    "language": n_("Language"),
    "email": n_("Email"),
    "login": n_("Login"),
    "campaign": n_("Campaign"),
    "product": n_("Product"),
    "description": n_("Description"),
    "country": n_("Country"),
    "page_text": n_("Text on the page"),
}


def label_of_input(name: str) -> str:
    """What a field of the configuration is called, before translation."""
    return CONFIGURED.get(name, name.replace("_", " ").capitalize())


def choice_named(choice: str, field: str = "") -> str:
    """What a value to choose is called, before translation."""
    known = {str(value): text for value, text in [*KINDS.items(), *SALES.items(), *UNIT_ROLES.items()]}
    if field in {"company_class", "installer_classes"}:
        known |= CLASSES
    return known.get(choice, choice.replace("_", " "))
