"""The name under which the first migrations know the field."""

from sealing.fields import SecretTextField

__all__ = ["SecretTextField"]
