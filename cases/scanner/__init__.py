"""What identifies a person in a free text: `find` says what is refused, `named` whether somebody seems to be
called by name. Pure."""

from cases.scanner.names import named
from cases.scanner.scan import Finding, find

__all__ = ["Finding", "find", "named"]
