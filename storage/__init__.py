"""Where everything is kept: SQLModel tables on SQLite or PostgreSQL, sealed where it holds a person."""
