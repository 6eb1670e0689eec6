// Parses the document of the pulse statement: checks it, cleans its text, and names what is hidden.

import * as z from 'zod'
import type { RefusedPart } from '../../../io/postgres/session/refused-parts.ts'
import type { AuroraFacts } from '../../../model/measured/managers/aurora.ts'
import type { ManagerSigns } from '../../../model/measured/managers/manager-signs.ts'
import type {
  DatabasePulse,
  MissingPrivilege,
  ReplicationPosition,
  ReplicationSlot,
  Subscription,
  WalSender,
} from '../../../model/measured/pulse.ts'
import type { LockHolder } from '../../../model/runs/lock/cluster-run.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { cleanText } from '../answers/answer.ts'
import { refusedOf, withoutRefusedFigures } from '../answers/refused-figures.ts'
import { auroraDocument, auroraFacts } from '../managers/aurora-document.ts'
import { PULSE_FIGURES, uncounted } from './pulse-figures.ts'
import { tracked, withoutOthers } from './session-counts.ts'
import { lsnText, standbyDocument } from './standby-document.ts'
import {
  connectionLimitsSchema,
  countersSchema,
  lockWaitsSchema,
  longestStatementSchema,
  transactionsSchema,
} from './transactions-document.ts'

/** When the statement was sent and its answer arrived, in milliseconds since the epoch by this host's clock. */
export interface RoundTrip {
  readonly sentAt: number
  readonly answeredAt: number
}

const number = z.number()
// A word that a newer version adds is unknown, and costs no more than its own figure.
const sender = z.object({
  pid: number,
  applicationName: cleanText.nullable().transform((name) => name ?? ''),
  userName: cleanText.nullable(),
  address: cleanText.nullable(),
  port: number.nullable(),
  state: z.enum(['startup', 'catchup', 'streaming', 'backup', 'stopping']).nullable().catch(null),
  sync: z.enum(['async', 'potential', 'sync', 'quorum']).nullable().catch(null),
  slot: cleanText.nullable(),
  sentLsn: lsnText.nullable(),
  writtenLsn: lsnText.nullable(),
  flushedLsn: lsnText.nullable(),
  replayedLsn: lsnText.nullable(),
  writeLagSeconds: number.nullable(),
  flushLagSeconds: number.nullable(),
  replayLagSeconds: number.nullable(),
  startedAt: number.nullable(),
  replyAgeSeconds: number.nullable(),
  xminAge: number.nullable().optional(),
}) satisfies z.ZodType<WalSender>

const slot = z.object({
  name: cleanText,
  type: z.enum(['physical', 'logical']),
  active: z.boolean(),
  activePid: number.nullable(),
  temporary: z.boolean(),
  restartLsn: lsnText.nullable(),
  confirmedFlushLsn: lsnText.nullable(),
  retainedBytes: number.nullable(),
  walStatus: z.enum(['reserved', 'extended', 'unreserved', 'lost']).nullable().catch(null),
  safeBytes: number.nullable(),
  xminAge: number.nullable().optional(),
  catalogXminAge: number.nullable().optional(),
  invalidationReason: cleanText.nullable(),
  failover: z.boolean().nullable().optional(),
  synced: z.boolean().nullable().optional(),
  skipReason: cleanText.nullable().optional(),
  inactiveSince: number.nullable(),
}) satisfies z.ZodType<ReplicationSlot>

const holder = z.object({
  pid: number,
  role: cleanText.nullable(),
  application: cleanText,
  address: cleanText.nullable(),
  startedAt: number.nullable(),
  objid: number,
}) satisfies z.ZodType<LockHolder>

const subscription = z.object({
  name: cleanText,
  slot: cleanText.nullable(),
  enabled: z.boolean(),
}) satisfies z.ZodType<Subscription>

const sign = z.object({ name: cleanText, isPrivileged: z.boolean() })

const restartSettings = z.object({ names: z.array(cleanText), isComplete: z.boolean() })

const document = z.object({
  version: cleanText,
  versionNumber: number,
  role: z.string(),
  readOnly: z.boolean(),
  seesAll: z.boolean(),
  mayUseReserved: z.boolean(),
  mayReplicate: z.boolean().optional(),
  systemIdentifier: z.string().regex(/^\d+$/).nullable(),
  timeline: number.nullable(),
  standby: standbyDocument.nullable(),
  lsn: lsnText.nullable(),
  flushedLsn: lsnText.nullable(),
  startedAt: number.nullable(),
  postmasterStart: z
    .string()
    .regex(/^\d{1,16}$/)
    .nullable(),
  configLoadedAt: number.nullable().optional(),
  pendingRestart: restartSettings.nullable().optional(),
  readOnlyDatabases: z.array(cleanText).optional(),
  readOnlyRoles: z.array(cleanText).optional(),
  readOnlyForAll: z.boolean().nullable().optional(),
  readOnlyOwn: cleanText.nullable().optional(),
  port: number,
  logsConnections: z.boolean().optional(),
  walSegmentBytes: number.optional(),
  clock: number,
  serverAddress: cleanText.nullable(),
  serverPort: number.nullable(),
  clusterName: cleanText,
  sessions: z.object({
    total: number.nullable(),
    max: number,
    reserved: number,
    active: number.nullable(),
    idleInTransaction: number.nullable(),
    waiting: number.nullable(),
    longestIdleInTransactionSeconds: number.nullable(),
    untracked: number.optional(),
  }),
  clients: z
    .array(
      z.object({
        applicationName: cleanText.nullable().transform((name) => name ?? ''),
        address: cleanText.nullable(),
        count: number,
      }),
    )
    .nullable(),
  startupProcess: z
    .object({
      pid: number,
      waitType: cleanText.nullable(),
      wait: cleanText.nullable(),
      heldBy: z.object({ pid: number, application: cleanText.nullable().transform((name) => name ?? '') }).nullable(),
    })
    .nullable()
    .optional(),
  runs: z.array(holder).nullable().optional(),
  unreadSessions: number.optional(),
  commitWaits: z.object({ count: number, longestSeconds: number.nullable() }).nullable().optional(),
  lockWaits: lockWaitsSchema.nullable().optional(),
  senders: z.array(sender),
  slots: z.array(slot),
  subscriptions: z.array(subscription),
  settings: z.object({
    max_connections: number,
    max_worker_processes: number,
    max_wal_senders: number,
    max_prepared_transactions: number,
    max_locks_per_transaction: number,
    synchronousStandbyNames: cleanText,
    synchronousCommit: cleanText.nullable().optional(),
    applyDelayMs: number,
    maxSlotKeepBytes: number.nullable(),
    synchronizedStandbySlots: cleanText.nullable().optional(),
  }),
  archiver: z
    .object({
      mode: cleanText,
      failing: z.boolean(),
      waiting: z
        .object({ files: number.nullable(), seconds: number.nullable(), listed: number.optional() })
        .nullable()
        .optional(),
      commandless: z.boolean().optional(),
      keepsNothing: z.boolean().optional(),
      quietSeconds: number.nullable().optional(),
      lastArchivedWal: cleanText.nullable().optional(),
      lastFailedWal: cleanText.nullable(),
      lastFailedAt: number.nullable(),
      lastArchivedAt: number.nullable(),
      failedCount: number,
    })
    .nullable(),
  transactions: transactionsSchema.optional(),
  transactionCounters: countersSchema.optional(),
  longestStatement: longestStatementSchema.nullable().optional(),
  connectionLimits: connectionLimitsSchema.nullable().optional(),
  oldestTransactionAge: number.nullable(),
  rewindable: z.boolean().optional(),
  managerSigns: z.object({
    sessions: z.array(z.object({ ...sign.shape, count: number })),
    libraries: cleanText.nullable(),
    roles: z.array(sign),
    databases: z.array(sign),
    tables: z.array(sign),
    functions: z.array(sign).optional(),
  }) satisfies z.ZodType<ManagerSigns>,
  aurora: auroraDocument.optional(),
})

type PulseDocument = z.infer<typeof document>

/** The session of this pulse may write. pgdeck allows no monitoring session to do so. */
export class WritableSessionError extends FaultError {
  constructor() {
    super({
      code: 'protocol',
      message: 'the server let the session of pgdeck write, so that session was closed',
      hint: 'Some code on the server did that: check event triggers on login, session_preload_libraries and functions that call set_config.',
    })
  }
}

/**
 * Returns the pulse in the statement's answer, which was asked without the refused parts. Throws a FaultError of code
 * `protocol` for another shape, and WritableSessionError if the session is not read-only.
 */
export function parsePulse(answer: unknown, trip: RoundTrip, refused: readonly RefusedPart[] = []): DatabasePulse {
  const parsed = document.safeParse(withoutRefusedFigures(answer, refused, PULSE_FIGURES, uncounted(refused)))
  if (!parsed.success) throw surprise(parsed.error)
  const { role, readOnly, seesAll, standby: replaying, lsn: at, flushedLsn, clock, settings, ...facts } = parsed.data
  if (!readOnly) throw new WritableSessionError()
  const aurora = auroraFacts(facts.aurora, clock)
  const {
    synchronousStandbyNames,
    synchronousCommit,
    applyDelayMs,
    maxSlotKeepBytes,
    synchronizedStandbySlots,
    ...required
  } = settings
  return {
    ...facts,
    version: facts.version.split(' ')[0] ?? facts.version,
    aurora,
    position: positionOf(parsed.data, aurora),
    clockOffsetMs: clock - (trip.sentAt + trip.answeredAt) / 2,
    roundTripMs: trip.answeredAt - trip.sentAt,
    clusterName: facts.clusterName === '' ? null : facts.clusterName,
    sessions: seesAll ? tracked(facts.sessions) : withoutOthers(facts.sessions),
    startupProcess: seesAll ? facts.startupProcess : null,
    commitWaits: seesAll ? facts.commitWaits : null,
    lockWaits: seesAll ? facts.lockWaits : null,
    longestStatement: seesAll ? facts.longestStatement : null,
    connectionLimits: seesAll ? facts.connectionLimits : null,
    settings: required,
    synchronousStandbyNames,
    synchronousCommit,
    applyDelayMs: replaying === null ? null : applyDelayMs,
    maxSlotKeepBytes,
    synchronizedStandbySlots,
    ...refusedOf({ refused: () => refused }, PULSE_FIGURES, { role, isStandby: replaying !== null }),
    missing: seesAll ? [] : missing(role, replaying !== null, facts.senders.length > 0),
  }
}

/** A writer of Aurora may have no position of its WAL, but that of its storage. */
function positionOf(
  { standby: replaying, lsn: at, flushedLsn }: PulseDocument,
  aurora: AuroraFacts | null,
): ReplicationPosition {
  if (replaying !== null) return { kind: 'standby', ...replaying }
  const durable = at === null ? aurora?.instances?.find(({ isWriter }) => isWriter)?.durableLsn : null
  if (durable != null) return { kind: 'primary', lsn: durable, flushedLsn: durable }
  if (at !== null && flushedLsn !== null) return { kind: 'primary', lsn: at, flushedLsn }
  throw new FaultError(notUnderstood('it is not a standby and has no WAL position'))
}

function missing(role: string, isStandby: boolean, hasSenders: boolean): readonly MissingPrivilege[] {
  const grant = `GRANT pg_monitor TO "${clean(role).replaceAll('"', '""')}"`
  const hidden = ['what other sessions do, and where they come from']
  if (isStandby) hidden.push('the WAL receiver: its upstream, timeline and positions')
  if (hasSenders) hidden.push('the WAL senders: their state, positions and lag')
  return hidden.map((what) => ({ what, grant }))
}

function surprise(error: z.ZodError): FaultError {
  const [issue] = error.issues
  return new FaultError(notUnderstood(`${issue?.path.join('.') ?? '?'}: ${issue?.message ?? '?'}`), { cause: error })
}

function notUnderstood(what: string) {
  return {
    code: 'protocol',
    message: `pgdeck can’t read the answer to the pulse query: ${clean(what).slice(0, 200)}`,
    hint: 'pgdeck supports PostgreSQL 14 to 18; a pooler or a derived product may answer differently.',
  } as const
}
