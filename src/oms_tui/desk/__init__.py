"""The use cases: sign in, ask, plan, commit, take in new orders. One small module each."""
