"""The whole record of a person: out as a signed package, and in again elsewhere."""
