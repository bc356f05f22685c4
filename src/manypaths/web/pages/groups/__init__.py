"""Classes, teams and cohorts: who learns there and who leads, for those who lead their school."""
