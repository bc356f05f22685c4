"""Whole records to take along, and how the records of a district end."""
