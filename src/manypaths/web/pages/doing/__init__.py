"""Do a task: read something, or answer a few questions, and see what moved."""
