"""The people of a school: found, added, and each with what they do where, for those who lead."""
