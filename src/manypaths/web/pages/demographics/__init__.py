"""What is stored of a person's birth, sex and origin, for who holds the right; and who holds it."""
