"""The column kinds migrations are written in. Frozen: a migration that has run must always mean the same."""

import sqlalchemy as sa

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
