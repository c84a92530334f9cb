"""The listener: reads one text and says what it found. Lives in the worker, never in the web process."""
