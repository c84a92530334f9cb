"""What `earshot` does at the command line, one module a command."""
