"""Go to a step of a walk by its number."""

from actions.effect import Asked, EffectAction, Payload


class GoToStep(EffectAction):
    """Go to the step whose number was said; without one, show where the person is."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_go_to_step"

    def effect(self, turn: Asked) -> Payload:
        """Return `go_to_step` with the number, counted from 1, or the walk's overview."""
        number = turn.details.get("step_number")
        return {"walk": "where"} if number is None else {"effect": "go_to_step", "step": int(number)}
