"""Tests over the real documents of the corpus."""
