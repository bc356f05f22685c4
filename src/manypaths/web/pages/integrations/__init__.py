"""Programs of others that work with a school, for its leaders."""
