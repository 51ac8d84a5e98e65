"""What people read instead of the values of the domain: sources of the catalogues (`locale/`)."""

from domain.access import Role
from domain.labels import CancelledBy
from domain.states import Kind, Side, State, Trigger


def n_(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return text


KINDS = {
    Kind.COMMISSIONING: n_("Commissioning"),
    Kind.WARRANTY_EXTENSION: n_("Warranty extension"),
    Kind.END_USER_WARRANTY: n_("End-user warranty"),
    Kind.EXTRA_YEARS: n_("Extra years"),
    Kind.POINTS: n_("Points"),
    Kind.UNIT_REPLACEMENT: n_("Unit replacement"),
}
LABELS = {
    State.SUBMITTED: n_("Check pending"),
    State.ACCEPTED: n_("Check pending"),
    State.WRONG_DATA: n_("Wrong data"),
    State.DENIED: n_("Denied"),
    State.PROCESSED: n_("Accepted"),
    State.PARTIALLY_ACCEPTED: n_("Partially accepted"),
    State.CANCELLED: n_("Canceled"),
}
STATES = {
    State.SUBMITTED: n_("To be decided"),
    State.ACCEPTED: n_("Accepted, card under way"),
    State.WRONG_DATA: n_("Wrong data"),
    State.DENIED: n_("Denied"),
    State.PROCESSED: n_("Accepted"),
    State.PARTIALLY_ACCEPTED: n_("Partially accepted"),
    State.CANCELLED: n_("Canceled"),
}
COLOURS = {
    State.SUBMITTED: "blue",
    State.ACCEPTED: "blue",
    State.WRONG_DATA: "orange",
    State.DENIED: "red",
    State.PROCESSED: "green",
    State.PARTIALLY_ACCEPTED: "teal",
    State.CANCELLED: "secondary",
}
ACTIONS = {
    Trigger.ACCEPT: n_("Accept"),
    Trigger.DENY: n_("Deny"),
    Trigger.FLAG_WRONG_DATA: n_("Ask for corrections"),
    Trigger.RESUBMIT: n_("Send in again"),
    Trigger.WITHDRAW: n_("Withdraw"),
    Trigger.CANCEL: n_("Cancel the request"),
    Trigger.AMEND: n_("Amend"),
    Trigger.PROCESS: n_("Process"),
    Trigger.ADJUST: n_("Adjust"),
}
DONE = {
    "submit": n_("Submitted"),
    "edit": n_("Saved"),
    "accept": n_("Accepted"),
    "deny": n_("Denied"),
    "flag_wrong_data": n_("Corrections asked for"),
    "resubmit": n_("Sent in again"),
    "finish": n_("Card stored, emails on their way"),
    "withdraw": n_("Withdrawn"),
    "cancel_by_end_user": n_("Canceled by the end user"),
    "cancel": n_("Canceled"),
    "cancel_with_base": n_("Canceled together with the warranty it rests on"),
    "amend_with_base": n_("Amended together with the warranty it rests on"),
    "expire": n_("Expired"),
    "amend": n_("Amended"),
    "message": n_("Message"),
    "process": n_("Processed"),
    "adjust": n_("Adjusted"),
    "release_code": n_("Warranty code released"),
    "judge": n_("Judged"),
    "set_points": n_("Points set"),
    "reissue": n_("Card issued anew"),
    "erase": n_("Personal data erased"),
}
CANCELLED_BY = {
    CancelledBy.END_USER: n_("Canceled by the end user"),
    CancelledBy.KEYUSER: n_("Canceled by the keyuser"),
    CancelledBy.REQUESTER: n_("Canceled by the requester"),
    CancelledBy.EXPIRED: n_("Expired"),
}
TURNS = {Side.KEYUSER: n_("the keyuser"), Side.REQUESTER: n_("the requester")}
ROLES = {
    Role.INSTALLER: n_("Installer"),
    Role.PRO_PARTNER: n_("PRO Partner"),
    Role.PARTICIPANT: n_("Participant"),
    Role.KEYUSER: n_("Keyuser"),
    Role.OPS: n_("Operations"),
    Role.ADMIN: n_("Administrator"),
}
TIERS = {
    "full": n_("Parts and labour, all units"),
    "compressor": n_("Compressor: parts only, outdoor units"),
}
SALES = {"direct_sale": n_("Direct sale"), "indirect_sale": n_("Indirect sale"), "rented": n_("Rented")}
UNIT_ROLES = {"outdoor": n_("Outdoor"), "indoor": n_("Indoor")}
CARD_STATUS = {"valid": n_("valid"), "superseded": n_("superseded"), "withdrawn": n_("withdrawn")}
EMAIL_STATUS = {"queued": n_("on its way"), "sent": n_("sent"), "failed": n_("failed"), "dropped": n_("not sent")}
EVENTS = {
    "submitted": n_("Request submitted"),
    "wrong_data": n_("Corrections asked for"),
    "denied": n_("Request denied"),
    "processed": n_("Request accepted"),
    "processed_without_card": n_("Accepted without a warranty"),
    "amended": n_("Card amended"),
    "amended_without_card": n_("Request amended"),
    "cancelled": n_("Request canceled"),
    "cancelled_by_end_user": n_("Canceled by the end user"),
    "withdrawn": n_("Request withdrawn"),
    "expired": n_("Request expired"),
    "points_credited": n_("Points credited"),
    "partially_accepted": n_("Partially accepted"),
    "points_adjusted": n_("Points adjusted"),
    "points_cancelled": n_("Points taken back"),
    "reminder": n_("Reminder"),
    "escalation": n_("Escalation"),
    "message": n_("New message"),
}
CLASSES = {
    "standard": n_("Standard installer"),
    "accredited": n_("Accredited installer"),
    "accredited_partner": n_("Accredited installer, linked to a PRO Partner"),
    "pro_partner": n_("PRO Partner"),
}
FIELDS = {
    "country": n_("Country"),
    "line_up": n_("Product range"),
    "wholesaler": n_("Wholesaler"),
    "commissioned_on": n_("Commissioning date"),
    "sales_method": n_("Sales method"),
    "end_user": n_("End user"),
    "end_user/name": n_("Name"),
    "end_user/address": n_("Address"),
    "end_user/postcode": n_("Postcode"),
    "end_user/city": n_("City"),
    "end_user/email": n_("Email"),
    "end_user/phone": n_("Phone"),
    "units": n_("Units"),
    "role": n_("Type of unit"),
    "product": n_("Product"),
    "serial": n_("Serial number"),
    "documents": n_("Documents"),
    "remarks": n_("Remarks"),
    "warranty_code": n_("Warranty code"),
    "partner": n_("PRO Partner"),
    "comment": n_("Comment"),
    "warranty_type": n_("Warranty type"),
    "policy": n_("Warranty policy"),
    "card_number": n_("Card number"),
    "postcode": n_("Postcode"),
    "file": n_("File"),
    "old_serial": n_("Old unit"),
    "new_unit": n_("New unit"),
    "replaced": n_("Unit replaced"),
    "replaced_on": n_("Replaced on"),
    "coverage_reason": n_("Coverage reason"),
    "old_unit_returned": n_("Old unit returned"),
    "charge": n_("Charge"),
    "campaign": n_("Campaign"),
    "coupon": n_("Coupon code"),
    "line": n_("Line"),
    "lines": n_("Products"),
    "quantity": n_("Quantity"),
    "info": n_("Information"),
    "points": n_("Points"),
    "override": n_("Points"),
    "verdict": n_("Verdict"),
    "reason": n_("Reason"),
    "base": n_("Rests on"),
    "text": n_("Message"),
    "booked": n_("Points booked"),
    "version": n_("Version"),
    "": n_("Entry"),
}
# Why a policy does not apply: the rules of `domain.warranties` and `domain.choosing` in plain words.
RULES = {
    "state": n_("The policy is not effective."),
    "effective_dates": n_("The request was submitted outside the policy's dates."),
    "goods": n_("The policy does not cover these products."),
    "organisational_unit": n_("The company belongs to another organisational unit."),
    "kind": n_("The policy is for another kind of request."),
    "installer_class": n_("The installer is of another class."),
    "schemes": n_("The installer lacks a scheme that the policy asks for."),
    "wholesaler_gives_warranty": n_("The wholesaler's own warranty does not fit the policy."),
    "registered_within": n_("The installation was registered too late for this policy."),
    "sales_method": n_("Rented units get no warranty."),
    "tiers": n_("The policy grants nothing to this kind of request."),
    "precedence": n_("Another policy that also fits comes first."),
    "tag": n_("The policy has another purpose."),
    "chosen": n_("Fits, but was not chosen."),
    "no_warranty": n_("The coverage reason leaves no warranty."),
}
REFUSALS = {
    "not_authenticated": n_("Sign in first."),
    "forbidden": n_("This is not for your account."),
    "not_found": n_("There is no such page, or it is not yours to see."),
    "conflict": n_("Something else is in the way."),
    "move_refused": n_("This is no longer possible: the request has moved on."),
    "duplicate_serial": n_("Another live request already names one of these outdoor units."),
    "no_free_code": n_("The pool has no free number left. Nothing was decided."),
    "code_taken": n_("This warranty code is already in use."),
    "already_replaced": n_("This unit was replaced before."),
    "warranty_type_missing": n_("Choose a warranty type that fits, and save it, before you accept."),
    "undecided": n_("Not every document has a verdict yet."),
    "stale_version": n_("Somebody changed the request while you were looking at it. Here is how it stands now."),
    "too_large": n_("The file is too large: 10 MB at most."),
    "too_much": n_("All that together is too large to send: go back, and upload one large file at a time."),
    "unsupported_type": n_("Only PDF, JPG and PNG files are taken."),
    "invalid": n_("Some fields need another look."),
    "document_missing": n_("A required document is missing."),
    "document_still_denied": n_("A denied document has no new file yet."),
    "not_editable": n_("This may not change now."),
    "comment_required": n_("Write a comment: the requester is told why."),
    "reason_required": n_("A reason is needed."),
    "reason_not_allowed": n_("This reason is not allowed here."),
    "wholesaler_not_distributing": n_("The wholesaler does not distribute this product range."),
    "wholesaler_not_configured": n_("Nobody has said yet whether this wholesaler distributes the product range."),
    "registration_late": n_("The installation was registered too late."),
    "code_invalid": n_("This warranty code is not valid for you."),
    "kind_not_enabled": n_("This country does not take such requests."),
    "idempotency_conflict": n_("This form was sent before with other contents. Start a new one."),
    "rate_limited": n_("Too many tries. Wait a minute and try again."),
    "unavailable": n_("The desk is busy. Nothing is lost: try again in a moment."),
    "card_blocked": n_("The card cannot be printed; operations have been told."),
    "method_not_allowed": n_("This address cannot be used that way."),
    "internal": n_("Something broke on our side; it has been logged. Nothing was decided."),
    "error": n_("Something went wrong."),
}
TITLES = {
    401: n_("Not signed in"),
    403: n_("Not for this account"),
    404: n_("Not found"),
    405: n_("Not possible"),
    409: n_("Not possible now"),
    412: n_("Changed meanwhile"),
    413: n_("Too large"),
    415: n_("Type not allowed"),
    422: n_("Something is not right"),
    429: n_("Too many tries"),
    500: n_("Something broke"),
    503: n_("Busy"),
}
# Refusals whose sentence says everything; of the others the detail is worth showing.
EXPLAINED = frozenset(REFUSALS) - {
    "invalid",
    "conflict",
    "move_refused",
    "duplicate_serial",
    "already_replaced",
    "undecided",
    "document_missing",
    "not_editable",
    "registration_late",
    "too_large",
    "unsupported_type",
}
PURPOSES = {
    Kind.COMMISSIONING: n_("Register units that you have commissioned; the warranty card follows."),
    Kind.WARRANTY_EXTENSION: n_("Extend the warranty of units for your customer."),
    Kind.POINTS: n_("Claim points of a campaign for what you bought."),
    Kind.UNIT_REPLACEMENT: n_("Report a unit that you swapped; the warranty moves on."),
}
VERDICTS = {"accepted": n_("Accepted"), "denied": n_("Denied")}
CHARGES = {"free": n_("free of charge"), "charged": n_("charged"), "per_contract": n_("as per contract")}
CAUSES = {"grant": n_("granted"), "adjust": n_("adjusted"), "cancel": n_("taken back")}
LIVES = {"coming": n_("to come"), "live": n_("in force"), "over": n_("over"), "replaced": n_("moved to another unit")}
MOMENTS = {
    "installed": n_("Installed"),
    "warranty_starts": n_("Warranty starts"),
    "warranty_ends": n_("Warranty ends"),
    "replaced": n_("Replaced by"),
}
