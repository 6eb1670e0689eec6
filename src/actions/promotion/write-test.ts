// Tests whether a database is writable: creates a table in a transaction that is rolled back, and checks the timeline.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { WRITE_AND_ROLL_BACK } from '../entry-points/write-and-roll-back.ts'

/** `timeline` is the one before the promotion; 0 if unknown. */
const form = () => arg.form({ database: arg.text(), timeline: arg.number() })
type Args = arg.Of<typeof form>

const WHERE = `SELECT pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) AS file,
  ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`

/** The text that a person would type. */
const WRITE_TEST_SQL = `BEGIN; CREATE TEMPORARY TABLE pg_temp.pgdeck_write_test (n int);
INSERT INTO pg_temp.pgdeck_write_test VALUES (1); ROLLBACK;
SELECT pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn());`

export const writeTestKind = defineStep({
  kind: 'write-test',
  version: 1,
  args: form,
  plan: (target: DatabaseView): StepPlan<Args> => ({
    id: 'verify-writable',
    args: { database: target.id, timeline: target.timeline ?? 0 },
    title: `write to ${target.name}, and roll back`,
    how: 'sql',
    where: target.name,
    detail: WRITE_TEST_SQL,
    verify: 'the write succeeded, and the current WAL file is of the new timeline',
    ifStopped: `${target.name} is writable; other standbys still point to the old primary.`,
    maySkip: true,
    deadlineSeconds: 20,
  }),
  isReadOnly: true,
  async run(args, tools) {
    await tools.sql(args.database, { text: WRITE_AND_ROLL_BACK, on: 'users' })
  },
  async verify(args, tools): Promise<Verification> {
    return tested(args.database, args.timeline, tools)
  },
})

async function tested(database: string, before: number, tools: ActionToolbox): Promise<Verification> {
  await tools.sql(database, { text: WRITE_AND_ROLL_BACK, on: 'users' })
  const [row] = await tools.sql<{ file: string; timeline: number }>(database, { text: WHERE })
  if (!row) return { result: 'not-yet', why: 'it did not report its timeline' }
  if (row.timeline <= before)
    return { result: 'never', why: `it writes ${row.file}, of timeline ${row.timeline}: not a new timeline` }
  return {
    result: 'yes',
    evidence: `a write succeeded and was rolled back; it writes ${row.file} on timeline ${row.timeline}`,
  }
}
