"""Note whether an answer helped."""

from actions.effect import Asked, EffectAction, Payload

HELPED = ("feedback_yes", "affirm")


class Feedback(EffectAction):
    """Take "it helped", or a yes or no to the question whether it did."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_feedback"

    def effect(self, turn: Asked) -> Payload:
        """Return `feedback` with yes or no."""
        return {"effect": "feedback", "value": "yes" if turn.intent in HELPED else "no"}
