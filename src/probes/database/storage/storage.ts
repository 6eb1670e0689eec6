// Reads what takes disk space and which processes work on it: WAL directory, archiver, checkpoints, databases, backups,
// vacuums.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { parseLsn } from '../../../model/values/lsn.ts'
import type { Refusals } from '../../../model/values/refused-function.ts'
import type { Probe } from '../../probe.ts'
import { cleanText, missingGrants, parseAnswer } from '../answers/answer.ts'
import { askedAgain, ListingPause } from '../answers/listing-pause.ts'
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
    const { role, isStandby, ...facts } = await ask(session, signal)
    return named({ ...facts, ...refusedOf(session, STORAGE_FIGURES, { role, isStandby }) }, session)
  },
}

type Answer = z.infer<typeof storageDocument>
type Listed = Pick<Answer, 'walDirectory' | 'archiveStatus'>

/** What the directories held when they were last listed, by session. */
interface Listings {
  readonly pause: ListingPause
  last: (Listed & { readonly at: number }) | null
}

const listings = new WeakMap<DatabaseSession, Listings>()

/** If the server does not finish in time, it is asked once more without its directories. */
async function ask(session: DatabaseSession, signal: AbortSignal): Promise<Answer & { listedAgeSeconds?: number }> {
  const known: Listings = listings.get(session) ?? { pause: new ListingPause(), last: null }
  listings.set(session, known)
  if (!known.pause.mayList(performance.now())) return withLast(await askWith(session, signal, false), known)
  try {
    let began = performance.now()
    const answer = await askWith(session, signal, true, () => {
      began = performance.now()
    })
    const at = performance.now()
    const files = (answer.walDirectory?.listed ?? 0) + (answer.archiveStatus?.listed ?? 0)
    known.pause.listed(files, { at, tookMs: at - began })
    known.last = { walDirectory: answer.walDirectory, archiveStatus: answer.archiveStatus, at }
    return answer
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.code !== 'slow') throw error
    known.pause.failed(performance.now())
    if (signal.aborted) throw error
    return withLast(await askedAgain(error, () => askWith(session, signal, false)), known)
  }
}

async function askWith(
  session: DatabaseSession,
  signal: AbortSignal,
  lists: boolean,
  sent: () => void = () => {},
): Promise<Answer> {
  const name = lists ? 'pgdeck_storage' : 'pgdeck_storage_unlisted'
  const text = (versionNumber: number) => storageSql(versionNumber, lists)
  const [row] = await session.query<{ answer: unknown }>({ name, text, sent, parts: STATEMENT_PARTS }, signal)
  return parseAnswer(storageDocument, row?.answer, 'the storage')
}

function withLast(answer: Answer, { last }: Listings): Answer & { listedAgeSeconds?: number } {
  if (last === null) return answer
  const { at, ...listed } = last
  return { ...answer, ...listed, listedAgeSeconds: (performance.now() - at) / 1000 }
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
  'ts_stat()': { what: 'the files of WAL, and those that wait to be archived' },
  'array_to_tsvector()': { what: 'the files of WAL, and those that wait to be archived' },
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

const storageDocument = z.object({
  walDirectory: z.object({ bytes: number, files: number, listed: number }).nullable(),
  walSegmentBytes: number,
  maxWalBytes: number,
  archiveStatus: z.object({ ready: number, listed: number }).nullable(),
  archiver: archiver.nullable(),
  checkpoints,
  databases: z.array(z.object({ name: cleanText, bytes: number.nullable(), transactionAge: number.nullable() })),
  freezeMaxAge: number,
  backups: z.array(backup),
  vacuums: z.array(vacuum),
  ...sessionOf,
  missing: missingGrants,
})

type Read = Omit<z.infer<typeof storageDocument>, 'role' | 'isStandby'> & Refusals

/** What is vacuumed in other databases has the name that those know. */
async function named(
  { walDirectory, archiveStatus, ...facts }: Read & { listedAgeSeconds?: number },
  session: DatabaseSession,
): Promise<StorageFacts> {
  const name = await namesElsewhere(
    session,
    facts.vacuums.map(({ elsewhere }) => elsewhere),
  )
  const vacuums = facts.vacuums.map(({ elsewhere, relation, ...vacuum }) => {
    return { ...vacuum, relation: elsewhere ? name(elsewhere) : relation }
  })
  return {
    ...facts,
    vacuums,
    walDirectoryBytes: walDirectory?.bytes ?? null,
    walFiles: walDirectory?.files ?? null,
    archiveReady: archiveStatus?.ready ?? null,
  }
}
