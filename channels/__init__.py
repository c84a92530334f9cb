"""The doors: each channel translates its provider's form into our events and our messages into its form. It decides nothing."""
