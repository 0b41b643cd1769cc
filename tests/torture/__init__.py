"""The torture bench: what is done to the library until it breaks, or does not. `python -m tests.torture`."""
