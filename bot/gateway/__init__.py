"""The gateway faces the internet: it verifies, commits to the inbox, answers 200, and serves the web chat."""
