"""Export Service: builds packs of investigations in the background, and keeps them until they are deleted."""
