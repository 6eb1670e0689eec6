// Reads what takes disk space and which processes work on it: WAL directory, archiver, checkpoints, databases, backups,
// vacuums.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import { parseLsn } from '../../../model/values/lsn.ts'
import type { Refusals } from '../../../model/values/refused-function.ts'
import type { Probe } from '../../probe.ts'
import { cleanText, missingGrants, parseAnswer } from '../answers/answer.ts'
import { type Figures, refusedOf, sessionOf } from '../answers/refused-figures.ts'
import { namesElsewhere, relationElsewhere } from '../answers/relations-elsewhere.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
import { storageSql } from './storage-sql.ts'

export const storageProbe: Probe<'database', StorageFacts> = {
  id: 'storage',
  scope: 'database',
  title: 'WAL directory, archiver, checkpoints, database sizes, running backups and vacuums',
  source: 'pg_ls_waldir(), pg_stat_archiver, pg_stat_checkpointer, pg_database_size(), pg_stat_progress_*',
  runs: 'when-viewed',
  every: { ms: STORAGE_INTERVAL_MS },
  needs: ['pg_monitor'],
  async read({ session }, signal) {
    const statement = { name: 'pgdeck_storage', text: storageSql, parts: STATEMENT_PARTS }
    const [row] = await session.query<{ answer: unknown }>(statement, signal)
    const { role, isStandby, ...facts } = parseAnswer(storageDocument, row?.answer, 'the storage')
    return named({ ...facts, ...refusedOf(session, STORAGE_FIGURES, { role, isStandby }) }, session)
  },
}

const STORAGE_FIGURES: Figures = {
  'pg_control_checkpoint()': { what: 'the last checkpoint' },
  pg_stat_activity: { what: 'for whom base backups and vacuums run' },
  pg_stat_archiver: { what: 'the archiver' },
  pg_stat_bgwriter: { what: 'the counts of checkpoints' },
  pg_stat_checkpointer: { what: 'the counts of checkpoints' },
  pg_stat_progress_basebackup: { what: 'running base backups' },
  pg_stat_progress_vacuum: { what: 'running vacuums' },
  pg_database: { what: 'the databases and their sizes' },
  'pg_database_size()': { what: 'the sizes of databases' },
  'has_database_privilege()': { what: 'the sizes of databases' },
  'age()': { what: 'the ages of transaction IDs' },
  'host()': { what: 'the addresses of base backups' },
  'pg_current_wal_lsn()': { what: 'the exact WAL since the last checkpoint', on: 'primary' },
  'pg_last_wal_replay_lsn()': { what: 'the WAL since the last checkpoint', on: 'standby' },
  'query_to_xml()': { what: 'the files of WAL, and those that wait to be archived' },
  'has_function_privilege()': { what: 'the files of WAL, and those that wait to be archived' },
}

const number = z.number()
const archiver = z.object({
  mode: cleanText,
  archivedCount: number,
  failedCount: number,
  lastArchivedWal: cleanText.nullable(),
  lastArchivedAt: number.nullable(),
  lastFailedWal: cleanText.nullable(),
  lastFailedAt: number.nullable(),
})
const checkpoints = z.object({
  timed: number.nullable(),
  requested: number.nullable(),
  writeMs: number.nullable(),
  syncMs: number.nullable(),
  lastAt: number.nullable(),
  redoLsn: z.string().transform(parseLsn).nullable(),
  bytesSince: number.nullable(),
  timeoutSeconds: number,
})
const backup = z.object({
  pid: number,
  application: cleanText.nullable().transform((name) => name ?? ''),
  client: cleanText.nullable(),
  phase: cleanText.nullable(),
  totalBytes: number.nullable(),
  sentBytes: number.nullable(),
  seconds: number.nullable(),
})
const vacuum = z.object({
  pid: number,
  database: cleanText,
  relation: cleanText.nullable(),
  elsewhere: relationElsewhere.nullable(),
  phase: cleanText.nullable(),
  blocksTotal: number.nullable(),
  blocksScanned: number.nullable(),
  isAutovacuum: z.boolean().nullable(),
  seconds: number.nullable(),
})

const storageDocument = z
  .object({
    walDirectory: z.object({ bytes: number, files: number }).nullable(),
    walSegmentBytes: number,
    maxWalBytes: number,
    archiveReady: number.nullable(),
    archiver: archiver.nullable(),
    checkpoints,
    databases: z.array(z.object({ name: cleanText, bytes: number.nullable(), transactionAge: number.nullable() })),
    freezeMaxAge: number,
    backups: z.array(backup),
    vacuums: z.array(vacuum),
    ...sessionOf,
    missing: missingGrants,
  })
  .transform(({ walDirectory, ...facts }) => ({
    walDirectoryBytes: walDirectory?.bytes ?? null,
    walFiles: walDirectory?.files ?? null,
    ...facts,
  }))

type Read = Omit<z.infer<typeof storageDocument>, 'role' | 'isStandby'> & Refusals

/** What is vacuumed in other databases has the name that those know. */
async function named(facts: Read, session: DatabaseSession): Promise<StorageFacts> {
  const name = await namesElsewhere(
    session,
    facts.vacuums.map(({ elsewhere }) => elsewhere),
  )
  const vacuums = facts.vacuums.map(({ elsewhere, relation, ...vacuum }) => {
    return { ...vacuum, relation: elsewhere ? name(elsewhere) : relation }
  })
  return { ...facts, vacuums }
}
