"""A throw-away Earshot to try: invented feedback, three phones, a stand-in for the provider, a clock one can move."""
