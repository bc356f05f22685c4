"""My class: who needs what help, what was planned, who is ready, and everyone's status."""
