"""Invitations: accepting one, and printing slips, cards and codes."""
