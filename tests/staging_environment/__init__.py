"""The staging environment. Not named `staging`, which would hide the package of that name from its own tests."""
