"""An order management console for the terminal.

An order is a value, a verb is a pure function on it, and the rest is plumbing that brings an order to a
person and the person's decision back. ``CONTRIBUTING.md`` says which room holds what.
"""

__version__ = "0.1.0"
"""The version of the program, as ``oms-tui --version`` prints it."""
