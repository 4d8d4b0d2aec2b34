"""The staging environment: two real services with real state, and the real components that watch them."""
