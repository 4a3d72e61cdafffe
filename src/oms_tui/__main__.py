"""``python -m oms_tui``: the same as the command ``oms-tui``."""


def main() -> None:
    """Run the command line; imported here so that importing this module costs nothing."""
    from oms_tui.cli import main as run

    run()


if __name__ == "__main__":
    main()
