"""Measures the product against its peers: same embedder, same passages, same run. See RESULTS.md."""
