"""The pure centre: the words of the domain, the dialogue, the use cases. Standard library only."""
