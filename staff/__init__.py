"""The team's site: sign in, read, tag, answer."""
