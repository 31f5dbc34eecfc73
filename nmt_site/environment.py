"""What the environment may say, read once by the settings. A wrong or missing value is one clear sentence."""

from __future__ import annotations

import base64
import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
SECRETS = ("SECRET_KEY", "NOTES_KEY", "AUDIT_KEY")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def _require(holds: bool, sentence: str) -> None:
    """Raise ImproperlyConfigured with the sentence unless it holds."""
    if not holds:
        raise ImproperlyConfigured(sentence)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, str(default))
    word = value.strip().lower()
    _require(word in TRUE | FALSE, f"{name} must be 1 or 0, not {value!r}.")
    return word in TRUE


def number(name: str, default: int, *, least: int = 1, most: int = 100_000) -> int:
    value = text(name) or str(default)
    is_number = re.fullmatch(r"[0-9]{1,6}", value) is not None
    wanted = f"a whole number from {least} to {most}"
    _require(is_number and least <= int(value) <= most, f"{name} must be {wanted}, not {value!r}.")
    return int(value)


def choice(name: str, *allowed: str) -> str:
    """One of `allowed`, the first where nobody has said."""
    value = text(name) or allowed[0]
    _require(value in allowed, f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def items(name: str, default: str = "") -> list[str]:
    return [one for one in (one.strip() for one in text(name, default).split(",")) if one]


def name(variable: str, default: str) -> str:
    """The name of a role in the database: it stands in statements as it is."""
    return _fits(variable, text(variable, default), r"[a-z_][a-z0-9_]{0,62}", "a plain name in small letters")


def syslog(name: str) -> str:
    """A socket of this machine, or HOST:PORT; empty where nobody has said."""
    return _fits(name, text(name), r"|/\S+|[\w.-]+:[0-9]{1,5}", "such as /dev/log or log.example:514")


def token(name: str) -> str:
    """What a machine shows to be let in; empty where none is."""
    value = text(name)
    _require(
        re.fullmatch(r"|[\w.~+/=-]{24,200}", value) is not None,
        f"{name} can be guessed or written wrongly: set it to the output of 'python manage.py make_key'.",
    )
    return value


def address(name: str, *, path: bool = False) -> str:
    """Where a site is, without a slash at the end; empty where nobody has said. With `path`, a page of it."""
    pattern = r"|https?://[\w.\[\]:-]+" + (r"(/\S*)?" if path else "")
    return _fits(name, text(name).rstrip("/"), pattern, "an address such as https://register.example")


def _fits(name: str, value: str, pattern: str, wanted: str) -> str:
    _require(re.fullmatch(pattern, value) is not None, f"{name} must be {wanted}, not {value!r}.")
    return value


def issuer(name: str) -> str:
    """Where an e-ID service is: by https, without a slash at the end; empty where there is none."""
    value = address(name, path=True)
    _require(re.match("https://|$", value) is not None, f"{name} must begin with https://, not {value!r}.")
    return value


def needed(name: str, *, beside: str) -> str:
    """What has to be said where `beside` is."""
    value = text(name)
    _require(bool(value or not beside), f"{name} is not set, and OIDC_ISSUER is: set both or none.")
    return value


def one_secret(first: str, second: str, *, beside: str) -> tuple[str, str]:
    """Either of two secrets, in the environment, a file or a credential; needed where `beside` is said."""
    found = given(first), given(second)
    _require(
        any(found) or not beside,
        f"OIDC_ISSUER is set, and neither {first} nor {second} is: set one of them, or its _FILE.",
    )
    return found


def secret(name: str, *, demo_folder: Path | None) -> str:
    """The secret called `name`. In a demonstration it is made on the first run and kept in `demo_folder`."""
    if value := given(name):
        return value
    if demo_folder is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment, in a file that {name}_FILE names or as a "
            f"credential of systemd, for example to the output of 'python manage.py make_key', or set DEMO=1 "
            f"to try the register with invented data."
        )
    return _demo_secret(demo_folder / f"{name.lower()}.key")


def given(name: str) -> str:
    """The secret from the environment; else from the file that NAME_FILE names, which may be a descriptor
    such as /dev/fd/3; else from the credential that systemd hands to the service alone. Empty where it is in
    none."""
    if value := text(name):
        return value
    if file := text(f"{name}_FILE"):
        return _in_file(name, Path(file))
    credentials = text("CREDENTIALS_DIRECTORY")
    credential = Path(credentials) / name
    return _in_file(name, credential) if credentials and credential.exists() else ""


def _in_file(name: str, file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ImproperlyConfigured(f"{name} cannot be read from {file}: {why}.") from None


def key(name: str, *, demo_folder: Path | None) -> str:
    """The secret called `name`, refused where it could be guessed: short, or of few different characters."""
    value = secret(name, demo_folder=demo_folder)
    _require(
        len(value) >= 32 and len(set(value)) >= 10,
        f"{name} can be guessed: set it to the output of 'python manage.py make_key'.",
    )
    return value


def encryption_keys(name: str, *, demo_folder: Path | None) -> list[str]:
    """Several keys parted by commas, each of 32 bytes in URL-safe base64."""
    keys = [one for one in key(name, demo_folder=demo_folder).split(",") if one]
    _require(
        all(_is_encryption_key(one) for one in keys),
        f"{name} must be one or more outputs of 'python manage.py make_key', with commas between.",
    )
    return keys


def _is_encryption_key(text: str) -> bool:
    try:
        return len(set(text)) >= 10 and len(base64.urlsafe_b64decode(text)) == 32
    except ValueError:
        return False


def new_key() -> str:
    """32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def database_url(default: str) -> str:
    """DATABASE_URL, never quoted in the error: it may hold a password."""
    value = text("DATABASE_URL", default) or default
    begins = value.startswith(("postgres://", "postgresql://", "sqlite:///"))
    _require(begins, "DATABASE_URL must begin with postgres:// or sqlite:///.")
    try:
        urlsplit(value).port  # noqa: B018  (reading it is what parses it)
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL is not an address: see .env.example for its form.") from None
    return value


def _demo_secret(file: Path) -> str:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = new_key()
    try:  # two processes may start at once: the first to create the file decides
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
            handle.write(made)
    except FileExistsError:
        made = file.read_text().strip() or made
    return made
