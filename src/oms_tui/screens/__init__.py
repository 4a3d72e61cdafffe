"""What a person sees: one screen or modal a file."""
