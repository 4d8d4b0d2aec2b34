"""The live side, against real servers on this machine."""
