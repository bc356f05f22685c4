"""The first address: leads each visitor to their own first page."""
