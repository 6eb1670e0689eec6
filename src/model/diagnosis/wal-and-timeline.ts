// Judges whether the upstream still has what the standby needs: the WAL from its position on, in a common history.

import { isOtherSystem } from '../measured/server-identity.ts'
import { formatLsn, type Lsn } from '../values/lsn.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import { type LinkFacts, linkRemedy } from './replication.ts'

/** A role on the upstream, with what decides whether a standby may stream with it. */
interface ReplicationRole {
  readonly name: string
  readonly exists: boolean
  readonly canLogin: boolean
  readonly replication: boolean
  /** When its password expires, in milliseconds since the epoch; null: never. */
  readonly validUntil: number | null
}

/** The WAL of the upstream, and the standby's role there. */
export interface UpstreamFacts {
  readonly at: number
  readonly role: ReplicationRole | null
  /** Names of the files in pg_wal; null: hidden from this role. */
  readonly segments: readonly string[] | null
  readonly segmentBytes: number
  readonly senders: { readonly used: number; readonly max: number } | null
}

type Named = Pick<LinkFacts, 'standby' | 'upstreamName' | 'standbyFacts'>

/** The position of one end. */
export interface WalPosition {
  readonly timeline: number | null
  readonly lsn: Lsn | null
  readonly systemIdentifier: string | null
}

export function judgeReplicationRole(link: Named, source: UpstreamFacts | null): DiagnosisOutcome {
  const { upstreamName } = link
  if (!source) return unknownOutcome(`pgdeck can’t read ${upstreamName}`)
  const { role, at } = source
  if (!role)
    return unknownOutcome(
      'this role may not see which role it connects as',
      'GRANT pg_monitor on the standby, or name "replicationUser" in the config',
      at,
    )
  const next = (sql: string) => `on ${upstreamName}: ${sql}`
  const name = `"${role.name.replaceAll('"', '""')}"`
  const wrong = (evidence: string, sql: string) => fail('replication-credentials', evidence, { next: next(sql), at })
  if (!role.exists)
    return wrong(`${upstreamName} has no role ${role.name}`, `CREATE ROLE ${name} LOGIN REPLICATION PASSWORD '…'`)
  if (!role.canLogin) return wrong(`role ${role.name} may not log in`, `ALTER ROLE ${name} LOGIN`)
  if (!role.replication) return wrong(`role ${role.name} may not replicate`, `ALTER ROLE ${name} REPLICATION`)
  if (role.validUntil !== null && role.validUntil < at) {
    return wrong(`the password of role ${role.name} has expired`, `ALTER ROLE ${name} VALID UNTIL 'infinity'`)
  }
  return ok(`${role.name} may log in and replicate; whether its password is right, only a login shows`, at)
}

/** The name of the WAL file of a position without the timeline. */
function segmentOf(lsn: Lsn, segmentBytes: number): string {
  const hex = (part: bigint) => part.toString(16).toUpperCase().padStart(8, '0')
  const number = lsn / BigInt(segmentBytes)
  const perLog = 0x1_0000_0000n / BigInt(segmentBytes)
  return hex(number / perLog) + hex(number % perLog)
}

/** `restores`: WAL that the upstream has removed may come from an archive. */
export function judgeWalAvailable(
  link: Named,
  standby: WalPosition,
  source: UpstreamFacts | null,
  sourceStanding: WalPosition,
  isStreaming: boolean,
): DiagnosisOutcome {
  if (isStreaming) return ok('it streams', source?.at ?? null)
  if (!source) return unknownOutcome(`pgdeck can’t read ${link.upstreamName}`)
  if (standby.lsn === null) return unknownOutcome('the position of the standby is unknown')
  const { segments, segmentBytes, at } = source
  if (segments === null)
    return unknownOutcome('this role may not list the WAL files', `GRANT pg_monitor on ${link.upstreamName}`, at)
  if (standby.timeline !== sourceStanding.timeline) return skipped('the timelines differ')
  const files = segments
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .map((name) => name.slice(8))
    .toSorted()
  const [oldest] = files
  if (oldest === undefined) return unknownOutcome(`${link.upstreamName} lists no WAL file`, null, at)
  const needed = segmentOf(standby.lsn, segmentBytes)
  if (needed >= oldest) return ok(`from ${formatLsn(standby.lsn)} on the WAL is there (oldest file …${oldest})`, at)
  const evidence = `it needs …${needed} (${formatLsn(standby.lsn)}), the oldest file of ${link.upstreamName} is …${oldest}`
  const restores = link.standbyFacts?.hasRestoreCommand ?? false
  const next = restores
    ? `check whether restore_command still finds that file in the archive, else ${linkRemedy('wal-removed', link)}`
    : linkRemedy('wal-removed', link)
  return fail('wal-removed', evidence, { certainty: restores ? 'likely' : 'certain', next, at })
}

/** What is known of the histories of both ends beyond their timeline numbers. */
export interface ComparedHistories {
  /** Why the standby has another history than its primary; null if nothing shows that. */
  readonly otherHistory: string | null
  /** The switch points of both were read. */
  readonly areCompared: boolean
}

/** Whether the standby can switch to the upstream's timeline. */
export function judgeTimeline(
  link: Named,
  histories: ComparedHistories,
  standby: WalPosition,
  source: UpstreamFacts | null,
  sourceStanding: WalPosition,
  isStreaming: boolean,
): DiagnosisOutcome {
  const { timeline: theirs, systemIdentifier: system } = sourceStanding
  if (theirs === null || standby.timeline === null) return unknownOutcome('the timeline of one of them is unknown')
  const at = source?.at ?? null
  if (isOtherSystem(standby, sourceStanding)) {
    const evidence = `system identifier ${standby.systemIdentifier} there, ${system} on ${link.upstreamName}`
    return fail('other-system', evidence, { next: linkRemedy('other-system', link), at })
  }
  const both = `timeline ${standby.timeline} there, ${theirs} on ${link.upstreamName}`
  // A standby with another history connects, streams up to the fork and is cut off, again and again: that it streams
  // now proves nothing.
  const next = linkRemedy('timeline-fork', link)
  if (histories.otherHistory !== null) return fail('timeline-fork', histories.otherHistory, { next, at })
  if (standby.timeline === theirs) return judgeOneNumber(both, theirs, histories, at)
  if (standby.timeline > theirs) return fail('timeline-fork', both, { next, at })
  const fork = forkSegment(theirs, source)
  if (fork === null || standby.lsn === null) return unknownOutcome(`${both}; its switch point is unknown`, next, at)
  const own = segmentOf(standby.lsn, source?.segmentBytes ?? 1)
  if (own > fork)
    return fail('timeline-fork', `${both}, whose switch point is before its position ${formatLsn(standby.lsn)}`, {
      next,
      at,
    })
  if (own === fork && !isStreaming)
    return warn('timeline-fork', `${both}, whose switch point is near its position ${formatLsn(standby.lsn)}`, {
      certainty: 'possible',
      next,
      at,
    })
  return ok(`${both}, whose switch point is not before its position`, at)
}

/** Numbers repeat: two standbys that are promoted independently both take the next number. */
function judgeOneNumber(
  both: string,
  timeline: number,
  { areCompared }: ComparedHistories,
  at: number | null,
): DiagnosisOutcome {
  if (timeline === 1) return ok(both, at)
  if (areCompared) return ok(`${both}, with the same switch points`, at)
  return unknownOutcome(
    `${both}; whether these have one history is unknown: their switch points were not read`,
    'let this role replicate: ALTER ROLE … REPLICATION, and a line for replication in both pg_hba.conf',
    at,
  )
}

/** The first file of a timeline contains its switch point. */
function forkSegment(timeline: number, source: UpstreamFacts | null): string | null {
  const prefix = timeline.toString(16).toUpperCase().padStart(8, '0')
  const own = (source?.segments ?? []).filter((name) => name.length === 24 && name.startsWith(prefix))
  return own.map((name) => name.slice(8)).toSorted()[0] ?? null
}
