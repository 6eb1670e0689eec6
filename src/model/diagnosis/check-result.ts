// The result of one check of a diagnosis: ok, a problem with its cause and next step, unknown with what is missing, or
// skipped.

import type { DatabaseRole } from '../picture/picture.ts'
import { isReplica } from '../picture/roles.ts'
import type { CauseId } from './causes.ts'

/** How sure a cause is: read directly, the usual reason for what was read, or one of several reasons. */
export type Certainty = 'certain' | 'likely' | 'possible'

/** The outcome of a check. `evidence` is a text; `at` is when it was read, in milliseconds since the epoch. */
export type DiagnosisOutcome =
  | { readonly result: 'ok'; readonly evidence: string; readonly at: number | null }
  | {
      readonly result: 'warn' | 'fail'
      readonly evidence: string
      readonly at: number | null
      readonly cause: CauseId
      readonly certainty: Certainty
      /** The key or command that repairs it or says more; null if there is none. */
      readonly next: string | null
    }
  /** `evidence` says what is missing. */
  | { readonly result: 'unknown'; readonly evidence: string; readonly at: number | null; readonly next: string | null }
  /** There was nothing to check. `evidence` says why. */
  | { readonly result: 'skipped'; readonly evidence: string; readonly at: null }

/** An outcome with its check. */
export type DiagnosisResult = DiagnosisOutcome & {
  readonly id: DiagnosisCheckId
  readonly title: string
  /** Milliseconds from the start of the check. */
  readonly tookMs: number
}

export type DiagnosisProblem = Extract<DiagnosisResult, { result: 'warn' | 'fail' }>

/** The checks in order. A server has those of the application, a database those of the session. */
export const DIAGNOSIS_CHECKS = {
  here: 'this host reaches other targets',
  name: 'its name resolves',
  host: 'its host answers',
  port: 'its TCP port is open',
  tls: 'TLS',
  application: 'the application answers',
  session: 'a session opens',
  figures: 'the server tells all figures',
  state: 'state of the database',
  replay: 'replay continues',
  archive: 'WAL is archived',
  service: 'the service runs',
  'sole-primary': 'it is the only writable one',
  writes: 'new sessions may write',
  commits: 'commits are confirmed',
  connections: 'users can connect',
  locks: 'no session waits long for a lock',
  ids: 'transaction and MultiXact IDs are frozen',
  prepared: 'prepared transactions end',
  transactions: 'transactions end',
  horizon: 'nothing holds back the xmin horizon',
  database: 'its database is reachable from here',
  sessions: 'it is connected to its database',
  'hba-database': 'pg_hba.conf of its database allows it',
  replica: 'its standby streams',
  source: 'its upstream is up',
  receiver: 'replication, seen from the standby',
  sender: 'replication, seen from the upstream',
  role: 'the replication role on the upstream',
  'way-to-source': 'the standby’s host reaches the upstream',
  hba: 'pg_hba.conf of the upstream allows the standby',
  'hba-reverse': 'pg_hba.conf of the standby allows the upstream',
  slot: 'the slot exists, is active and not lost',
  wal: 'the upstream still has the WAL it needs',
  timeline: 'both are on one history',
  standbys: 'its standbys stream',
  users: 'its application servers',
  'way-of-users': 'poolers, proxies and addresses lead to it',
  'entry-point': 'it answers and leads where it should',
  disk: 'disk space',
  clock: 'clock',
} as const

export type DiagnosisCheckId = keyof typeof DIAGNOSIS_CHECKS

export function ok(evidence: string, at: number | null = null): DiagnosisOutcome {
  return { result: 'ok', evidence, at }
}

interface More {
  readonly certainty?: Certainty
  readonly next?: string | null
  readonly at?: number | null
}

/** A problem that makes the target inactive. Certain by default. */
export function fail(cause: CauseId, evidence: string, more: More = {}): DiagnosisOutcome {
  const { certainty = 'certain', next = null, at = null } = more
  return { result: 'fail', cause, evidence, certainty, next, at }
}

/** A problem that does not make the target inactive. */
export function warn(cause: CauseId, evidence: string, more: More = {}): DiagnosisOutcome {
  const { certainty = 'certain', next = null, at = null } = more
  return { result: 'warn', cause, evidence, certainty, next, at }
}

export function unknownOutcome(
  missing: string,
  next: string | null = null,
  at: number | null = null,
): DiagnosisOutcome {
  return { result: 'unknown', evidence: missing, next, at }
}

export function skipped(because: string): DiagnosisOutcome {
  return { result: 'skipped', evidence: because, at: null }
}

/** Whether it is a problem. */
export function isDiagnosisProblem<Told extends DiagnosisOutcome>(
  outcome: Told,
): outcome is Told & Extract<DiagnosisOutcome, { result: 'warn' | 'fail' }> {
  return outcome.result === 'warn' || outcome.result === 'fail'
}

const WAY: readonly DiagnosisCheckId[] = ['here', 'name', 'host', 'port']
const END: readonly DiagnosisCheckId[] = ['disk', 'clock']
const LINK: readonly DiagnosisCheckId[] = [
  'source',
  'receiver',
  'sender',
  'role',
  'way-to-source',
  'hba',
  'hba-reverse',
  'slot',
  'wal',
  'timeline',
  'replay',
  'archive',
]

const SESSIONS: readonly DiagnosisCheckId[] = ['connections', 'locks', 'transactions']
const PRIMARY: readonly DiagnosisCheckId[] = [
  'sole-primary',
  'writes',
  'way-of-users',
  'commits',
  'archive',
  ...SESSIONS,
  'prepared',
  'horizon',
  'ids',
]

/**
 * `mayReplicate`: the configuration has replication settings, whatever its role is now. `isRefused`: the server refuses
 * functions.
 */
export function diagnosisChecks(
  kind: 'server' | 'database',
  role: DatabaseRole,
  mayReplicate: boolean,
  isRefused = false,
): readonly DiagnosisCheckId[] {
  if (kind === 'server') {
    return [...WAY, 'tls', 'application', 'service', 'database', 'sessions', 'hba-database', 'replica', ...END]
  }
  const isStandby = isReplica({ role }) || (role === 'unknown' && mayReplicate)
  const link: readonly DiagnosisCheckId[] = isStandby ? [...LINK, ...SESSIONS] : PRIMARY
  const figures: readonly DiagnosisCheckId[] = isRefused ? ['figures'] : []
  return [...WAY, 'session', ...figures, 'state', 'service', ...link, 'standbys', 'users', ...END]
}
