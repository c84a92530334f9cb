"""Search in redacted words. Triggers keep what is searched in beside the words, so that no road past it can be taken."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import WIDE

revision = "0033"
down_revision = "0032"

BODY = """(SELECT experience.reference FROM experience WHERE experience.id = {of}) || char(10) || coalesce((
  SELECT group_concat(said.redacted, char(10)) FROM (
    SELECT inbound_message.redacted FROM inbound_message
    WHERE inbound_message.experience_id = {of} AND inbound_message.redacted <> ''
      AND inbound_message.state NOT IN ('taken_back', 'erased')
    UNION ALL
    SELECT translation.redacted FROM translation JOIN inbound_message ON inbound_message.seq = translation.inbound_seq
    WHERE inbound_message.experience_id = {of} AND translation.redacted <> ''
      AND inbound_message.state NOT IN ('taken_back', 'erased')
  ) AS said), '')"""

SQLITE_OF_WORDS = "UPDATE search_text SET body = BODY WHERE search_text.experience_id".replace(
    "BODY", BODY.format(of="search_text.experience_id")
)
OF_NEW = "(SELECT experience_id FROM inbound_message WHERE seq = new.inbound_seq)"
OF_OLD = "(SELECT experience_id FROM inbound_message WHERE seq = old.inbound_seq)"

SQLITE = (
    """CREATE VIRTUAL TABLE search_words USING fts5(
    body, content='search_text', content_rowid='n', tokenize='porter unicode61 remove_diacritics 2')""",
    "CREATE VIRTUAL TABLE search_words_told USING fts5vocab('search_words', 'row')",
    "CREATE TABLE search_words_due (id INTEGER PRIMARY KEY)",
    """CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN
    INSERT INTO search_words(rowid, body) VALUES (new.n, new.body); END""",
    """CREATE TRIGGER search_text_changed AFTER UPDATE OF body ON search_text WHEN old.body <> new.body BEGIN
    INSERT INTO search_words(search_words, rowid, body) VALUES ('delete', old.n, old.body);
    INSERT INTO search_words(rowid, body) VALUES (new.n, new.body); END""",
    """CREATE TRIGGER search_text_less AFTER UPDATE OF body ON search_text
    WHEN substr(new.body, 1, length(old.body)) <> old.body BEGIN
    DELETE FROM search_vocabulary WHERE told <= 5;
    INSERT OR IGNORE INTO search_words_due VALUES (1); END""",
    """CREATE TRIGGER search_text_gone AFTER DELETE ON search_text BEGIN
    INSERT INTO search_words(search_words, rowid, body) VALUES ('delete', old.n, old.body);
    DELETE FROM search_vocabulary WHERE told <= 5;
    INSERT OR IGNORE INTO search_words_due VALUES (1); END""",
    """CREATE TRIGGER search_experience AFTER INSERT ON experience BEGIN
    INSERT INTO search_text(experience_id, body) VALUES (new.id, new.reference || char(10)); END""",
    f"""CREATE TRIGGER search_message_added AFTER INSERT ON inbound_message WHEN new.experience_id IS NOT NULL BEGIN
    {SQLITE_OF_WORDS} = new.experience_id; END""",
    f"""CREATE TRIGGER search_message_changed AFTER UPDATE OF redacted, experience_id, state ON inbound_message
    WHEN old.redacted <> new.redacted OR old.experience_id IS NOT new.experience_id OR old.state <> new.state BEGIN
    {SQLITE_OF_WORDS} IN (old.experience_id, new.experience_id); END""",
    f"""CREATE TRIGGER search_translation_added AFTER INSERT ON translation BEGIN
    {SQLITE_OF_WORDS} = {OF_NEW}; END""",
    f"""CREATE TRIGGER search_translation_changed AFTER UPDATE OF redacted, inbound_seq ON translation BEGIN
    {SQLITE_OF_WORDS} IN ({OF_OLD}, {OF_NEW}); END""",
    f"""CREATE TRIGGER search_translation_gone AFTER DELETE ON translation BEGIN
    {SQLITE_OF_WORDS} = {OF_OLD}; END""",
)

POSTGRESQL_BODY = BODY.replace("group_concat", "string_agg").replace("char(10)", "chr(10)").format(of="which")
# The parser would keep "late.the" for the name of a host, and "red/green" for that of a file.
VECTOR = r"to_tsvector('english', regexp_replace(new.body, '[-./\\@:_]+', ' ', 'g'))"
POSTGRESQL = (
    "CREATE TABLE search_words (n BIGINT PRIMARY KEY REFERENCES search_text (n) ON DELETE CASCADE, words TSVECTOR NOT NULL)",
    "CREATE INDEX search_words_found ON search_words USING gin (words)",
    """CREATE FUNCTION search_index() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_words (n, words) VALUES (new.n, VECTOR) ON CONFLICT (n) DO UPDATE SET words = EXCLUDED.words;
    IF TG_OP = 'UPDATE' AND NOT starts_with(new.body, old.body) THEN DELETE FROM search_vocabulary WHERE told <= 5; END IF;
    RETURN NULL; END $$""".replace("VECTOR", VECTOR),
    """CREATE FUNCTION search_again(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    UPDATE search_text SET body = BODY
    WHERE search_text.experience_id = which AND search_text.body IS DISTINCT FROM BODY; END $$""".replace(
        "BODY", POSTGRESQL_BODY
    ),
    """CREATE FUNCTION search_experience() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_text (experience_id, body) VALUES (new.id, new.reference || chr(10)); RETURN NULL; END $$""",
    """CREATE FUNCTION search_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND old.experience_id IS DISTINCT FROM new.experience_id THEN
      PERFORM search_again(old.experience_id); END IF;
    IF new.experience_id IS NOT NULL THEN PERFORM search_again(new.experience_id); END IF; RETURN NULL; END $$""",
    """CREATE FUNCTION search_translation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
      PERFORM search_again(experience_id) FROM inbound_message WHERE seq = old.inbound_seq; END IF;
    IF TG_OP <> 'DELETE' THEN
      PERFORM search_again(experience_id) FROM inbound_message WHERE seq = new.inbound_seq; END IF;
    RETURN NULL; END $$""",
    """CREATE TRIGGER search_text_changed AFTER INSERT OR UPDATE OF body ON search_text
    FOR EACH ROW EXECUTE FUNCTION search_index()""",
    "CREATE TRIGGER search_experience AFTER INSERT ON experience FOR EACH ROW EXECUTE FUNCTION search_experience()",
    """CREATE TRIGGER search_message_added AFTER INSERT ON inbound_message
    FOR EACH ROW WHEN (new.experience_id IS NOT NULL) EXECUTE FUNCTION search_message()""",
    """CREATE TRIGGER search_message_changed AFTER UPDATE OF redacted, experience_id, state ON inbound_message
    FOR EACH ROW WHEN (old.redacted IS DISTINCT FROM new.redacted OR old.experience_id IS DISTINCT FROM new.experience_id
    OR old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION search_message()""",
    """CREATE TRIGGER search_translation AFTER INSERT OR UPDATE OR DELETE ON translation
    FOR EACH ROW EXECUTE FUNCTION search_translation()""",
)
TRIGGERS = {
    "experience": ("search_experience",),
    "inbound_message": ("search_message_added", "search_message_changed"),
    "translation": ("search_translation",),
}
SQLITE_TRIGGERS = (
    *("search_experience", "search_message_added", "search_message_changed"),
    *("search_translation_added", "search_translation_changed", "search_translation_gone"),
)


def upgrade() -> None:
    op.create_table(
        "search_text",
        sa.Column("n", WIDE, autoincrement=True, nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_search_text_experience_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_text")),
        sa.UniqueConstraint("experience_id", name=op.f("uq_search_text_experience_id")),
    )
    op.create_table(
        "search_vocabulary",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_vocabulary")),
    )
    op.create_index("ix_search_vocabulary_told", "search_vocabulary", ["told"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
    body = BODY if is_sqlite else BODY.replace("group_concat", "string_agg").replace("char(10)", "chr(10)")
    what_is_there = "INSERT INTO search_text (experience_id, body) SELECT one.id, BODY FROM experience AS one"
    op.get_bind().exec_driver_sql(what_is_there.replace("BODY", body.format(of="one.id")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        for name in ("search_words_told", "search_words_due", "search_words"):
            op.execute(f"DROP TABLE {name}")
    else:
        for table, names in TRIGGERS.items():
            for name in names:
                op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP TABLE search_words")
    op.drop_table("search_vocabulary")
    op.drop_table("search_text")
    if op.get_bind().dialect.name != "sqlite":
        for name in ("search_translation()", "search_message()", "search_experience()", "search_again(uuid)", "search_index()"):
            op.execute(f"DROP FUNCTION {name}")
