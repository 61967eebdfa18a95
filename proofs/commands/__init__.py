"""The commands of `collapse`, one file each."""
