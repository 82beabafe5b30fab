"""Business numbers, their accounts, and where the callbacks of each go.

Meta keeps one callback address per business account and knows which number belongs to which account.
Nobody tells the simulator the second, so it learns it. `subscribed_apps` gives its address
  - to the account, for every number of it that has none of its own;
  - to the numbers without an address that the same bearer token asked about (`GET /{phoneNumberId}`) since
    its last subscription; if there is none, to the number it asked about last; if it asked about nothing,
    to the next one without an address that it asks about.
An address told by `POST /_sim/numbers` counts like one learned: the latest stands. A number that has none
uses the account of the latest subscription made with the token it sends with. So tenants may share a token,
an account or an app secret and still get their own callbacks each, if each asks before it subscribes.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

DEFAULT_SECRET = "simulator-app-secret"  # noqa: S105
UNKNOWN_ACCOUNT = "100000000000001"


@dataclass(slots=True, eq=False)
class Number:
    id: str
    app_secret: str = DEFAULT_SECRET
    url: str | None = None
    account_id: str | None = None
    token: str | None = None  # a hash of the bearer token it was last used with
    display: str = ""

    def __post_init__(self) -> None:
        self.display = self.display or f"1202555{int(self.id) % 10_000:04d}"


@dataclass(slots=True)
class Token:
    """What one bearer token did: its latest account, numbers asked about since, an address without one."""

    account_id: str | None = None
    asked: list[Number] = field(default_factory=list)
    waiting_url: str | None = None


@dataclass(slots=True)
class Numbers:
    known: dict[str, Number] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # by business account
    tokens: dict[str, Token] = field(default_factory=dict)
    is_dirty: bool = False

    def used(self, number_id: str, token: str) -> Number:
        """The number, remembered as one that is used with this token."""
        number = self.known.get(number_id)
        key = _key(token)
        if number is None or number.token != key:
            number = self.known.setdefault(number_id, Number(number_id))
            number.token, self.is_dirty = key, True
        return number

    def asked(self, number_id: str, token: str) -> Number:
        """The number, remembered as one that a subscription of this token may be about."""
        number = self.used(number_id, token)
        told = self._token(token)
        if told.waiting_url and not number.url:
            self._bind([number], told.account_id, told.waiting_url)
            told.waiting_url = None
        else:
            told.asked = [*(other for other in told.asked if other is not number), number]
        return number

    def subscribe(self, account_id: str, token: str, url: str) -> None:
        """The account's callbacks, and those of the numbers this is about, go to `url` from now on."""
        told = self._token(token)
        self.addresses[account_id], told.account_id = url, account_id
        new = [each for each in told.asked if not each.url and each.account_id in (None, account_id)]
        meant = new or told.asked[-1:]
        self._bind(meant, account_id, url)
        told.asked, told.waiting_url = [], None if meant else url

    def unsubscribe(self, account_id: str) -> None:
        """The account and its numbers have no address any more."""
        self.addresses.pop(account_id, None)
        for number in self.of_account(account_id):
            number.url = None
        self.is_dirty = True

    def account_of(self, number: Number) -> str:
        """The business account it belongs to, as far as known."""
        told = self.tokens.get(number.token or "")
        return number.account_id or (told and told.account_id) or UNKNOWN_ACCOUNT

    def address_of(self, number: Number) -> str | None:
        """Where its callbacks go, None for nowhere."""
        return number.url or self.addresses.get(self.account_of(number))

    def of_account(self, account_id: str) -> list[Number]:
        return [number for number in self.known.values() if self.account_of(number) == account_id]

    def listed_for(self, account_id: str) -> list[Number]:
        """The account's numbers and those that nobody has claimed for another account."""
        mine = (account_id, UNKNOWN_ACCOUNT)
        return [number for number in self.known.values() if self.account_of(number) in mine]

    def _bind(self, numbers: list[Number], account_id: str | None, url: str) -> None:
        for number in numbers:
            number.url, number.account_id = url, account_id
        self.is_dirty = True

    def _token(self, token: str) -> Token:
        return self.tokens.setdefault(_key(token), Token())


@lru_cache(maxsize=4096)
def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]
