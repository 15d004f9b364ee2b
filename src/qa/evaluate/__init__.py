"""Evaluation: how good the product's own answers are on questions whose right answers are known."""
