"""Encryption at rest: a data key for each conversation, wrapped by the deployment's master key.

Master keys rotate: `KITE_SECRET_KEY` lists them newest first, all can unwrap, the newest wraps. The key of the
keyed hashes is made once, wrapped like any other, and does not change when the master key does.
"""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, select, update

from bot.errors import ConfigError, NotFound
from bot.store import schema
from bot.store.sql import insert_ignored

HASH_KEY = "hash_key"


def new_master_key() -> str:
    """Return a fresh master key as text for `KITE_SECRET_KEY`."""
    return Fernet.generate_key().decode()


class Vault:
    """Wrap and open data keys, and hash addresses; hold no plaintext beyond a bounded cache of data keys."""

    def __init__(self, secret_key: str) -> None:
        keys = [part.strip() for part in secret_key.split(",") if part.strip()]
        if not keys:
            raise ConfigError("KITE_SECRET_KEY is empty: make one with `kite doctor --new-key`")
        try:
            self._master = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ConfigError("KITE_SECRET_KEY is not a valid key: make one with `kite doctor --new-key`") from error
        self._hash_key = b""
        self._open_key = lru_cache(maxsize=4096)(self._unwrap)

    def prepare(self, conn: Connection) -> None:
        """Read the hash key, making it on the first start.

        Raise ConfigError when the store was written under a master key that is not listed any more.
        """
        insert_ignored(conn, schema.secret, name=HASH_KEY, wrapped=self._master.encrypt(Fernet.generate_key()))
        wrapped = conn.execute(select(schema.secret.c.wrapped).where(schema.secret.c.name == HASH_KEY)).scalar_one()
        self._hash_key = self._unwrap_master(wrapped)

    def rotate(self, conn: Connection) -> int:
        """Wrap every key anew under the newest master key; return how many were wrapped."""
        count = 0
        for table, key, column in (
            (schema.secret, schema.secret.c.name, schema.secret.c.wrapped),
            (schema.conversation, schema.conversation.c.id, schema.conversation.c.key_wrapped),
            (schema.staff, schema.staff.c.id, schema.staff.c.totp_secret),
            (schema.staff, schema.staff.c.id, schema.staff.c.totp_new),
        ):
            for row in conn.execute(select(key, column).where(column.is_not(None))).all():
                wrapped = self._master.rotate(row[1])
                conn.execute(update(table).where(key == row[0]).values({column.name: wrapped}))
                count += 1
        return count

    def new_data_key(self) -> bytes:
        """Return a fresh data key, wrapped."""
        return self._master.encrypt(Fernet.generate_key())

    def encrypt(self, wrapped: bytes | None, text: str) -> bytes:
        """Return the ciphertext of `text` under a wrapped data key; raise NotFound if the key was deleted."""
        return self._fernet(wrapped).encrypt(text.encode())

    def decrypt(self, wrapped: bytes | None, body: bytes | None) -> str:
        """Return the text of a body; "" when the body has been purged; raise NotFound if the key was deleted."""
        return "" if body is None else self._fernet(wrapped).decrypt(body).decode()

    def seal(self, text: str) -> bytes:
        """Return the ciphertext of a secret of staff under the master key."""
        return self._master.encrypt(text.encode())

    def unseal(self, body: bytes) -> str:
        """Return a secret of staff."""
        return self._unwrap_master(bytes(body)).decode()

    def hash(self, *parts: str) -> str:
        """Return the keyed hash (HMAC-SHA256, hex) of an address or an external id."""
        return hmac.new(self._hash_key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def _fernet(self, wrapped: bytes | None) -> Fernet:
        if wrapped is None:
            raise NotFound("the key of this conversation was deleted")
        return self._open_key(bytes(wrapped))

    def _unwrap(self, wrapped: bytes) -> Fernet:
        return Fernet(self._unwrap_master(wrapped))

    def _unwrap_master(self, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped)
        except InvalidToken as error:
            raise ConfigError(
                "KITE_SECRET_KEY does not open this store: add the key it was written under, after a comma"
            ) from error
