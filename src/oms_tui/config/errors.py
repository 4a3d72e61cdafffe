"""What is raised for settings that cannot be taken."""


class ConfigError(ValueError):
    """Settings that cannot be taken; the message says where, what, and the nearest right name."""

    def __init__(self, source: str, key: str, problem: str, nearest: str | None = None) -> None:
        """Name the place, the key path in it, and what is wrong."""
        hint = f" Did you mean {nearest}?" if nearest else ""
        super().__init__(f"{source}: {key}: {problem}{hint}" if key else f"{source}: {problem}{hint}")
        self.source = source
        self.key = key
        self.nearest = nearest
