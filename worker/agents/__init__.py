"""The five agents: which topic in, which function, which topic out."""
