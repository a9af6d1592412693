"""The swappable model backend: a Brief goes in, statements with their evidence come out."""
