"""What the marks mean."""
