"""Tests of CASE as a provider."""
