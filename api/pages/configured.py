"""What the configuration's lists, fields and values are called: sources of the catalogues, as `api.pages.words`."""

from collections.abc import Mapping
from typing import Any

from api.pages.languages import LANGUAGES
from api.pages.words import CHARGES, CLASSES, EVENTS, KINDS, ROLES, SALES, UNIT_ROLES, VERDICTS, n_

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
# What the audit log tells beside them.
AUDITED = {
    **RESOURCES,
    "countries": n_("Country"),
    "settings": n_("Settings of the country"),
    "pools": n_("Pools of numbers"),
    "imports": n_("Imports"),
    "api-keys": n_("API keys"),
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
    "role": n_("Role"),
    "brand": n_("Brand"),
    "type": n_("Type"),
    "family": n_("Family"),
    "unit": n_("Unit"),
    "partner": n_("Partner"),
    "address": n_("Address"),
    "postcode": n_("Postcode"),
    "city": n_("City"),
    "phone": n_("Phone"),
    "company": n_("Company"),
    "superuser": n_("Superuser"),
    "active": n_("Active"),
    "adding": n_("Adding"),
    "adding_during_replacement": n_("Adding during replacement"),
    "removing": n_("Removing"),
    "removing_during_replacement": n_("Removing during replacement"),
    "number": n_("Number"),
    "created_at": n_("Created at"),
    "alternative_code": n_("Alternative code"),
    "tier": n_("Tier"),
    "duration": n_("Duration"),
    "count": n_("Count"),
    "wholesaler_gives_warranty": n_("Wholesaler gives warranty"),
    "registered_within_days": n_("Registered within days"),
    "responsibilities": n_("Responsibilities"),
    "covered": n_("Covered"),
    "replacement": n_("Replacement"),
    "product_range": n_("Product range"),
    "warranty_type": n_("Warranty type"),
    "distributor_without_warranty": n_("Distributor without warranty"),
    "distributor_with_warranty": n_("Distributor with warranty"),
    "kind": n_("Kind"),
    "requirement": n_("Requirement"),
    "media_types": n_("Formats"),
    "max_bytes": n_("Largest file, in MB"),
    "position": n_("Position"),
    "template_id": n_("Template"),
    "document_id": n_("Document"),
    "event": n_("Event"),
    "recipient": n_("Recipient"),
    "owner": n_("Owner"),
    "audience": n_("Audience"),
    "logins": n_("Logins"),
    "companies": n_("Companies"),
    "company_classes": n_("Company classes"),
    "coupon_code": n_("Coupon code"),
    "starts_on": n_("Starts on"),
    "ends_on": n_("Ends on"),
    "claim_deadline": n_("Claim deadline"),
    "documents": n_("Documents"),
    "information": n_("Information"),
    "default_points": n_("Default points"),
    "required_documents": n_("Required documents"),
    "required_information": n_("Required information"),
    "first_day": n_("First day"),
    "last_day": n_("Last day"),
    "multiplier": n_("Multiplier"),
    "time_zone": n_("Time zone"),
    "card_language": n_("Card language"),
    "keyuser_email": n_("Keyuser email"),
    "escalation_email": n_("Escalation email"),
    "withdrawal_period": n_("Withdrawal period"),
    "registration_limit": n_("Registration limit"),
    "replacement_limit": n_("Replacement limit"),
    "keyuser_reminder": n_("Keyuser reminder"),
    "keyuser_escalation": n_("Keyuser escalation"),
    "requester_reminder": n_("Requester reminder"),
    "requester_expiry": n_("Requester expiry"),
    "personal_data_retention": n_("Personal data retention"),
    "serial_pattern": n_("Serial pattern"),
    "extension_mode": n_("Extension mode"),
    "end_user_warranties": n_("End user warranties"),
    "extra_years_message": n_("Extra years message"),
    "cancellation_message": n_("Cancellation message"),
    "direct_sale": n_("Direct sale"),
    "indirect_sale": n_("Indirect sale"),
    "rented": n_("Rented"),
    "wholesaler": n_("Wholesaler"),
    "password": n_("Password"),
    "total": n_("Total"),
    "prefix": n_("Prefix"),
    "list": n_("List"),
    "part": n_("Part"),
    "rows": n_("Rows"),
    "unchanged": n_("Unchanged"),
    "created": n_("Created"),
    "changed": n_("Changed"),
    "holder": n_("Holder"),
    "sha256": n_("SHA-256"),
}


TIERS = {"full": n_("full"), "compressor": n_("compressor")}
TAGS = {
    "standard": n_("standard"),
    "extension": n_("extension"),
    "end_user": n_("end user"),
    "extra_end_user": n_("extra end user"),
}
POLICY_STATES = {"effective": n_("effective"), "not_effective": n_("not effective")}
REPLACEMENTS = {
    "carry_over": n_("carry over"),
    "apply_new": n_("apply new"),
    "no_warranty": n_("no warranty"),
}
TIME_UNITS = {"days": n_("days"), "weeks": n_("weeks"), "months": n_("months"), "years": n_("years")}
CLOCK_UNITS = {"days": n_("days"), "hours": n_("hours"), "minutes": n_("minutes"), "seconds": n_("seconds")}
FORMATS = {"application/pdf": n_("PDF"), "image/jpeg": n_("JPG"), "image/png": n_("PNG")}
POOLS = {"card": n_("card numbers"), "extension": n_("warranty codes")}
RECIPIENTS = {
    "requester": n_("the requester"),
    "keyuser": n_("the keyuser"),
    "escalation": n_("the escalation address"),
    "partner": n_("the PRO Partner"),
    "end_user": n_("the end user"),
}
PLACES = {"installed": n_("at the end user"), "not_returned": n_("not returned")}
MODES = {"a": n_("a: the next free code is taken"), "b": n_("b: the requester gives a code")}
# What changes of the configuration are called in the audit log.
CHANGES = {
    "create": n_("created"),
    "change": n_("changed"),
    "delete": n_("deleted"),
    "generate": n_("numbers made"),
    "release": n_("released"),
    "import": n_("imported"),
    "set_password": n_("password set"),
}
# What single entries are called in sentences: `one` of each resource, and what stands in lists of them.
ENTRIES = {
    "line-up": n_("line-up"),
    "product": n_("product"),
    "wholesaler": n_("wholesaler"),
    "organisational unit": n_("organisational unit"),
    "collaboration": n_("collaboration"),
    "company": n_("company"),
    "account": n_("account"),
    "coverage reason": n_("coverage reason"),
    "inventory definition": n_("inventory definition"),
    "policy": n_("policy"),
    "card text": n_("card text"),
    "document requirement": n_("document requirement"),
    "download": n_("download"),
    "text": n_("text"),
    "code": n_("code"),
    "campaign": n_("campaign"),
    "participating product": n_("participating product"),
    "push period": n_("push period"),
    "country": n_("country"),
    "tier": n_("tier"),
    "document": n_("document"),
    "information": n_("information"),
}
NAMED = {"an organisational unit": n_("an organisational unit"), "a coverage reason": n_("a coverage reason")}
# What uses an entry, as `Resource.users` names it.
USERS = {
    "request": n_("request"),
    "policy": n_("policy"),
    "account": n_("account"),
    "company": n_("company"),
    "code": n_("code"),
    "push period": n_("push period"),
    "participating product": n_("participating product"),
    "collaboration with": n_("collaboration with"),
}
# The vocabularies of the fields in which one of several words is chosen.
CHOICES: dict[str, tuple[Mapping[Any, str], ...]] = {
    "kind": (KINDS,),
    "kinds": (KINDS,),
    "sales_method": (SALES,),
    "verdict": (VERDICTS,),
    "charge": (CHARGES,),
    "role": (UNIT_ROLES, ROLES),
    "company_class": (CLASSES,),
    "company_classes": (CLASSES,),
    "installer_classes": (CLASSES,),
    "tag": (TAGS,),
    "warranty_type": (TAGS,),
    "tier": (TIERS,),
    "state": (POLICY_STATES,),
    "unit": (TIME_UNITS,),
    "replacement": (REPLACEMENTS,),
    "extension_mode": (MODES,),
    "event": (EVENTS,),
    "recipient": (RECIPIENTS,),
    "pools": (POOLS,),
    "place": (PLACES,),
    "lasting": (CLOCK_UNITS,),
    "language": (LANGUAGES,),
    "card_language": (LANGUAGES,),
    "media_types": (FORMATS,),
}


def label_of_input(name: str) -> str:
    """What a field of the configuration is called, before translation."""
    return CONFIGURED.get(name, name.replace("_", " ").capitalize())


def choice_named(choice: str, field: str = "") -> str:
    """What a value to choose is called, before translation."""
    return vocabulary(field).get(choice, choice.replace("_", " "))


def vocabulary(field: str) -> dict[str, str]:
    """The words of a field's values, before translation; empty for one in which people write as they like."""
    return {str(value): text for one in CHOICES.get(field, ()) for value, text in one.items()}
