"""What a message can be about besides a topic."""

OUTSIDE = frozenset({"out_of_scope", "small_talk"})
"""The sections of messages that belong to no topic; search never returns them."""
