"""The console's plain words for codes. Marked for translation by Babel."""

from datetime import datetime


def _(text: str) -> str:
    """Mark a text for extraction; templates translate it."""
    return text


CONCERNS = {
    "self_harm": _("Wants to die or hurts themselves"),
    "medical_emergency": _("Medical emergency"),
    "held_for_ransom": _("Held for ransom"),
    "violence": _("Violence"),
    "abuse_by_helper": _("Harm by a helper or staff"),
    "sexual_harm": _("Sexual harm"),
    "online_sexual_harm": _("Sexual harm online"),
    "trafficking": _("Trafficking or forced work"),
    "family_threat": _("Threatened by relatives"),
    "missing_or_separated": _("Missing or separated"),
    "detention": _("Detention"),
    "forced_return": _("Forced return or pushback"),
    "forced_marriage": _("Forced marriage"),
    "harmful_practice": _("Harmful practice (FGM)"),
    "armed_group": _("Armed group or gang"),
    "criminal_charge": _("Accused of a crime"),
    "harm_to_others": _("May hurt somebody"),
    "basic_needs": _("No food, shelter or clothes"),
    "neglect": _("Neglect"),
    "mental_distress": _("Great distress"),
    "hate_attack": _("Hate attack"),
    "asked_for_person": _("Asks for a person"),
}
FLAGS = {
    "unsafe_to_write": _("Not safe to write: somebody may read the phone"),
    "perpetrator_present": _("The one who harms is there now"),
    "under_10": _("Younger than ten"),
    "caregiver_writing": _("An adult writes about a child"),
}
EVENTS = {
    "case_opened": _("Case opened"),
    "finding_added": _("New finding"),
    "person_wrote": _("The person wrote again: the clock runs"),
    "case_claimed": _("Claimed"),
    "case_released": _("Given back to the queue"),
    "case_assigned": _("Assigned"),
    "case_transferred": _("Handed to a colleague"),
    "helper_added": _("Second person added"),
    "helper_removed": _("Second person left"),
    "handed_back": _("Handed back to the bot"),
    "reply_written": _("Reply written"),
    "reply_delivered": _("Reply delivered"),
    "reply_failed": _("Reply failed"),
    "reply_undone": _("Reply taken back before it was sent"),
    "note_written": _("Note"),
    "meaning_corrected": _('The person says: "That is not what I meant"'),
    "contact_allowed": _("The person says we may write"),
    "contact_refused": _("The person asks us not to write"),
    "urgency_changed": _("Urgency changed"),
    "concerns_changed": _("Concerns changed"),
    "card_changed": _("Safe-contact card changed"),
    "task_added": _("Task added"),
    "task_done": _("Task done"),
    "case_linked": _("Linked to another case"),
    "case_unlinked": _("Link undone"),
    "case_hidden": _("Kept from somebody it is about"),
    "case_shown": _("No longer kept from somebody"),
    "case_exported": _("Exported"),
    "close_asked": _("Asks for a second signature to close"),
    "close_refused": _("Stays open"),
    "alert_raised": _("Alert: half of the time is gone"),
    "alert_escalated": _("Alert: the time is over"),
    "person_blocked": _("The person blocked the bot"),
    "deletion_asked": _("The person asked for deletion"),
    "case_closed": _("Closed"),
    "case_reopened": _("Reopened"),
}
REASONS = {
    "helped": _("Helped"),
    "referred": _("Referred to a service"),
    "no_contact": _("No contact any more"),
    "not_a_concern": _("No protection concern"),
    "duplicate": _("Same as another case"),
    "other": _("Other"),
}
URGENCIES = {"now": _("NOW"), "today": _("today"), "soon": _("soon")}
TIERS = {"young": _("6 to 9"), "middle": _("10 to 13"), "teen": _("14 to 17"), "adult": _("parent or carer")}
CHANNELS = {"web": _("Web chat"), "telegram": "Telegram", "whatsapp": "WhatsApp", "terminal": _("Terminal")}
STATES = {
    "pending": _("waiting to be sent"),
    "sending": _("being sent"),
    "uncertain": _("sent, not confirmed"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "read": _("read"),
    "failed": _("NOT DELIVERED"),
}
CODES = {
    "window_closed": _("WhatsApp allows nothing free after 24 hours: the child must write first"),
    "window_closed_asked": _("The child was asked to write again; the reply waits for that"),
    "waiting": _("waits until the child writes again"),
    "blocked": _("the person blocked us"),
    "undeliverable": _("the address does not take messages"),
    "not_fetched": _("the page was closed before it arrived"),
    "gave_up": _("tried many times without success"),
    "deleted": _("the person asked for deletion"),
    "undone": _("taken back"),
    "no_text": _("the text for this language is missing"),
}
SOURCES = {
    "pattern": _("a phrase that staff wrote down"),
    "classifier": _("the trained classifier"),
    "context": _("what was said before"),
}
CARD = {
    "times": _("Safe times"),
    "code_word": _("Code word"),
    "others": _("Who else reads the phone"),
    "channel": _("Best way to reach"),
    "language": _("Language"),
    "interpreter": _("Interpreter"),
}
ROLES = {
    "caseworker": _("caseworker"),
    "supervisor": _("supervisor"),
    "lead": _("safeguarding lead"),
    "editor": _("editor"),
    "reviewer": _("reviewer"),
    "admin": _("admin"),
}
LINKS = {
    "sibling": _("sibling"),
    "same_person": _("same person"),
    "same_device": _("same device"),
    "related": _("belongs together"),
    "same_talk": _("earlier case of the same talk"),
}
WORDS = {
    "concerns": CONCERNS,
    "flags": FLAGS,
    "events": EVENTS,
    "reasons": REASONS,
    "states": STATES,
    "urgencies": URGENCIES,
    "tiers": TIERS,
    "channels": CHANNELS,
    "codes": CODES,
    "sources": SOURCES,
    "card_words": CARD,
    "links": LINKS,
    "roles_words": ROLES,
}
HOUR = 3600
DAY = 86400
MINUTE = 60


def ago(at: datetime | None, now: datetime) -> str:
    """Return the time between two moments in short words: "3 min", "2 h 05", "4 d"; "" for None."""
    if at is None:
        return ""
    seconds = abs(int((now - at).total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE:02d}"
    return f"{seconds // DAY} d"
