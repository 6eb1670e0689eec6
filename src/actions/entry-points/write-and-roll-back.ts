// A write that leaves nothing behind, in one statement: it shows whether a session can write.

/**
 * An exception in the block rolls back everything in it. What is left of the transaction commits, and must not wait for
 * synchronous standbys: they follow only in a later step. A role without the right to temporary tables writes a logical
 * message.
 */
export const WRITE_AND_ROLL_BACK = `DO $pgdeck$ BEGIN
  PERFORM pg_catalog.set_config('synchronous_commit', 'local', true);
  BEGIN
    BEGIN
      CREATE TEMPORARY TABLE pg_temp.pgdeck_write_test (n int) ON COMMIT DROP;
      INSERT INTO pg_temp.pgdeck_write_test VALUES (1);
    EXCEPTION WHEN insufficient_privilege THEN
      PERFORM pg_catalog.pg_logical_emit_message(true, 'pgdeck', 'write test');
    END;
    RAISE EXCEPTION USING ERRCODE = 'ZZ901';
  EXCEPTION WHEN SQLSTATE 'ZZ901' THEN NULL;
  END;
END $pgdeck$`
