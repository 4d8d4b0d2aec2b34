"""The commands of `relrails canary`, one file each."""
