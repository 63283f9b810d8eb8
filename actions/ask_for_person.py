"""Pass on the wish for a person."""

from actions.effect import Asked, EffectAction, Payload


class AskForPerson(EffectAction):
    """Ask for a human."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_ask_for_person"

    def effect(self, turn: Asked) -> Payload:  # noqa: ARG002
        """Return `ask_for_person`."""
        return {"effect": "ask_for_person"}
