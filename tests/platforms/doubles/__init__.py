"""Servers that behave as platforms say they do, for platforms that nobody here can be tried on."""
