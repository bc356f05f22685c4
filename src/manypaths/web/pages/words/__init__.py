"""A teacher's word beside the estimate."""
