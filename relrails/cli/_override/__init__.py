"""The commands of `relrails override`, one for each file."""
