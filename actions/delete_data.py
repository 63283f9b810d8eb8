"""Pass on the wish to have everything deleted."""

from actions.effect import Asked, EffectAction, Payload


class DeleteData(EffectAction):
    """Ask for deletion; the worker has it confirmed first."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_delete_data"

    def effect(self, turn: Asked) -> Payload:  # noqa: ARG002
        """Return `delete_data`."""
        return {"effect": "delete_data"}
