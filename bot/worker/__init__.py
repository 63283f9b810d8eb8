"""The worker: screening, dialogue, sending and clocks, each in a loop of its own."""
