"""The page of a family: children in one's care, what they have shown, a note to the school."""
