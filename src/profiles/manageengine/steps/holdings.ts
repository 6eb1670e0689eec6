// What the acting primary contains before its backup, and whether the restored database contains no less.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName, findDatabase } from '../../../actions/definition/target.ts'
import { databaseSizeSql } from '../../../io/postgres/database-size.ts'
import type { ActingPrimary, ContentSummary } from '../../../model/measured/acting-primary.ts'
import { isSameSystem } from '../../../model/measured/server-identity.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { formatLsn, parseLsn } from '../../../model/values/lsn.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { readActingPrimary, updateActingPrimary } from '../roles/acting-store.ts'
import { compareRows, countRows } from './row-counts.ts'
import { WRITTEN_SINCE } from './written-since.ts'

const recordForm = () =>
  arg.form({
    database: arg.text(),
    server: arg.optionalText(),
    formerDatabases: arg.texts(),
    formerServers: arg.texts(),
  })
type RecordArgs = arg.Of<typeof recordForm>

export interface HoldingsRecord {
  readonly actingPrimary: DatabaseView
  readonly actingServer: ServerView | null
  readonly former: ActingPrimary['former']
}

/** Stores the content beside the record of the acting primary. If another tool promoted it, creates that record. */
export const recordHoldingsKind = defineStep({
  kind: 'note-holdings',
  version: 1,
  args: recordForm,
  plan: ({ actingPrimary, actingServer, former }: HoldingsRecord): StepPlan<RecordArgs> => ({
    id: 'measure',
    args: {
      database: actingPrimary.id,
      server: actingServer?.id ?? null,
      formerDatabases: former.databases,
      formerServers: former.servers,
    },
    title: `record what ${actingPrimary.name} has`,
    how: 'sql',
    where: actingPrimary.name,
    detail:
      'SELECT pg_catalog.pg_current_wal_lsn(), its timeline, the number of tables, their rows, the size of the databases;',
    verify: 'it is recorded',
    ifStopped: 'Nothing was changed.',
    deadlineSeconds: 15,
  }),
  isReadOnly: true,
  async run(args, tools) {
    const held = await holdingsOf(args.database, tools)
    // A record of an earlier failback, whose restore is done, does not belong to this one.
    const isOpen = (record: ActingPrimary | null) =>
      record !== null && (record.restoredAt === null || record.run === tools.run)
    await updateActingPrimary(tools, (record) => ({
      ...(record && isOpen(record) ? record : recordOf(args, held, tools)),
      held,
    }))
  },
  async verify(_, tools): Promise<Verification> {
    const held = readActingPrimary(tools)?.held ?? null
    return held
      ? { result: 'yes', evidence: words(held) }
      : { result: 'not-yet', why: 'its content is not recorded yet' }
  },
})

const comparisonForm = () => arg.form({ database: arg.text() })
type ComparisonArgs = arg.Of<typeof comparisonForm>

/** Compares the restored database with the stored content. */
export const compareHoldingsKind = defineStep({
  kind: 'compare-holdings',
  version: 1,
  args: comparisonForm,
  plan: ({ id, name }: DatabaseView): StepPlan<ComparisonArgs> => ({
    id: 'verify-restored',
    args: { database: id },
    title: `verify that ${name} has what the acting primary had`,
    how: 'sql',
    where: name,
    detail: 'its role, timeline, position, tables and their rows, against the record from before the backup',
    verify: `${name} is writable, has all tables, and no table lost its rows`,
    ifStopped: `${name} runs, and is not verified as complete.`,
    maySkip: true,
    proves: 'loss',
    deadlineSeconds: 60,
  }),
  isReadOnly: true,
  async run() {
    // Nothing is sent: this step only compares.
  },
  async verify(args, tools): Promise<Verification> {
    const database = args.database
    const clusterView = await tools.refresh()
    const view = findDatabase(clusterView, database)
    const name = databaseName(clusterView, database)
    if (!view || !isWritable(view))
      return { result: 'not-yet', why: view?.problem?.message ?? `${name} is not writable` }
    const held = readActingPrimary(tools)?.held ?? null
    const current = await holdingsOf(database, tools)
    if (!held)
      return { result: 'yes', evidence: `${name} is writable: ${words(current)}; there is no record to compare with` }
    const rows = compareRows(current.rows, held.rows)
    const wrong = missingHoldingsText(current, held) ?? (rows?.isLost ? rows.text : null)
    const hint = 'Keep users out: this is not the backup of the acting primary. Restore again.'
    if (wrong !== null) return { result: 'never', why: `${name} has ${wrong}`, hint }
    return {
      result: 'yes',
      evidence: [
        `${name} is writable and has ${words(current)}; before the backup it was ${words(held)}`,
        rows?.text ?? 'rows were not counted',
        ...(tools.stepRecord(WRITTEN_SINCE)?.note ? [tools.stepRecord(WRITTEN_SINCE)?.note] : []),
      ].join('; '),
    }
  },
})

/** One sentence about missing content; null if nothing is known to be missing. */
function missingHoldingsText(current: ContentSummary, held: ContentSummary): string | null {
  if (current.tables < held.tables) return `${current.tables} tables, the acting primary had ${held.tables}`
  const [is, was] = [parseLsn(current.lsn), parseLsn(held.lsn)]
  // Positions are comparable only for a file-level copy: a tool that loads rows makes a new system.
  if (!isSameSystem(current, held) || is === null || was === null) return null
  if (current.timeline < held.timeline)
    return `timeline ${current.timeline}, the acting primary was on ${held.timeline}`
  return is < was ? `only at ${formatLsn(is)}, the acting primary was at ${formatLsn(was)}` : null
}

function recordOf(
  args: RecordArgs,
  { timeline, systemIdentifier }: ContentSummary,
  { run }: ActionToolbox,
): ActingPrimary {
  return {
    database: args.database,
    server: args.server,
    since: Date.now(),
    run,
    timeline,
    systemIdentifier,
    sameTimeline: false,
    former: { databases: args.formerDatabases, servers: args.formerServers },
    restoring: null,
    restoredAt: null,
    held: null,
  }
}

async function holdingsOf(database: string, tools: ActionToolbox): Promise<ContentSummary> {
  const [row] = await tools.sql<Omit<ContentSummary, 'at' | 'bytes'> & { bytes: string }>(database, { text: HOLDINGS })
  if (!row) throw new Error(`${database} did not report its content`)
  const rows = await countRows(database, tools)
  return { ...row, bytes: Number(row.bytes), at: Date.now(), ...(rows ? { rows } : {}) }
}

const MAY_MEASURE = `(pg_catalog.has_database_privilege(oid, 'CONNECT') OR pg_catalog.pg_has_role('pg_read_all_stats', 'member'))`

const HOLDINGS = `SELECT pg_catalog.pg_current_wal_lsn()::pg_catalog.text AS lsn,
  ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline,
  (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()) AS "systemIdentifier",
  (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_t') AS tables,
  (SELECT pg_catalog.sum(${databaseSizeSql(MAY_MEASURE)}) FROM pg_catalog.pg_database WHERE datallowconn)::pg_catalog.text AS bytes`

function words({ tables, bytes, lsn, timeline }: ContentSummary): string {
  return `${tables} tables, ${formatBytes(bytes)}, ${lsn} on timeline ${timeline}`
}
