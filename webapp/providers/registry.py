"""Which adapter speaks for which provider. The type makes mypy prove that each of them fits."""

from typing import Final

from webapp.providers.base import Provider
from webapp.providers.cloud import adapter as cloud

PROVIDERS: Final[dict[str, Provider]] = {"cloud": cloud}
