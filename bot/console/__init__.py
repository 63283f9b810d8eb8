"""The console: where caseworkers see a child's case, claim it and answer."""
