"""Show what one knows: hand work in, and look at work that was handed in."""
