"""Tests of the page of integrations."""
