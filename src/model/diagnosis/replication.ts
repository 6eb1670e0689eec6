// Judges a replication link from both ends: the standby's walreceiver, and the upstream's view of it.

import type { ReplicationSlot, WalReceiver, WalSender } from '../measured/pulse.ts'
import { SILENT_SECONDS } from '../measured/silence.ts'
import { ringText } from '../picture/neighbours.ts'
import { formatAge, formatBytes } from '../values/units.ts'
import type { CauseId } from './causes.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { LogCause } from './log-text.ts'

/** The replication settings and state that a standby reports. */
export interface StandbyFacts {
  readonly at: number
  /** primary_conninfo without its password; null: hidden from this role, or not set. */
  readonly upstream: UpstreamAddress | null
  readonly slot: string | null
  /** Whether it has a primary_conninfo at all; null: hidden. */
  readonly hasPrimaryConninfo: boolean | null
  /** The wait event of its walreceiver; null: there is none now. */
  readonly receiverWaits: string | null
  /** Age of the walreceiver, in seconds. */
  readonly receiverAgeSeconds: number | null
  /** True if it can also restore WAL from an archive. */
  readonly hasRestoreCommand: boolean
}

export interface UpstreamAddress {
  readonly host: string | null
  readonly port: number | null
  readonly user: string | null
}

/** One link with the readings of both ends and their logs. */
export interface LinkFacts {
  readonly standby: string
  readonly upstreamName: string
  /** null: the standby can't be read. */
  readonly standbyFacts: StandbyFacts | null
  readonly receiver: WalReceiver | null
  /** The standbys that replicate from each other, this one first; empty: it is in no such ring. */
  readonly ring: readonly { readonly name: string }[]
  readonly at: number | null
  /** The last message of the standby's log, or of the upstream's log about it. */
  readonly logCause: LogCause | null
  readonly logCauseFrom: 'standby' | 'source' | null
  /** The last error of the standby's log, whatever it is about; null: none, or the log can't be read. */
  readonly lastLogError?: string | null
  readonly isLogRead?: boolean
  /** Why its manager makes no database the primary, and none is; null or absent: one is, it may, or there is none. */
  readonly managerStandstill?: string | null
  /** Why the upstream does not answer, as text; null: it does, or unknown. */
  readonly upstreamDownReason: string | null
}

/**
 * The wait event of a connecting walreceiver: `LibPQWalReceiverConnect` up to 16, `LibpqwalreceiverConnect` from 17 on.
 */
const CONNECTING = 'libpqwalreceiverconnect'

/** The link as the standby reports it. */
export function judgeReceiver(link: LinkFacts): DiagnosisOutcome {
  const { standbyFacts, receiver, at, logCause, upstreamName } = link
  if (at === null) return skipped('pgdeck can’t read the standby')
  if (link.ring.length > 0) {
    const next =
      'promote the one that has received most (P); the others follow it. Or set primary_conninfo of one to the primary'
    return fail('replication-ring', ringText(link.ring), { next, at })
  }
  if (receiver && receiver.status !== 'stopping' && receiver.status !== 'starting')
    return judgeConnectedReceiver(link, receiver, at)
  if (link.managerStandstill) {
    const next =
      'bring the configuration store back (etcd, Consul, ZooKeeper, …): the manager then makes one of them the primary by itself'
    return fail('dcs-lost', link.managerStandstill, { next, at })
  }
  if (standbyFacts?.hasPrimaryConninfo === false) return judgeWithoutUpstream(link, standbyFacts, at)
  if (link.upstreamDownReason !== null)
    return fail('source-down', link.upstreamDownReason, { next: `d on ${upstreamName}`, at })
  if (logCause) return judgeByLog(link, logCause, at)
  if (standbyFacts?.receiverWaits?.toLowerCase() === CONNECTING) {
    const { receiverAgeSeconds } = standbyFacts
    const age = receiverAgeSeconds === null ? '' : ` for ${formatAge(receiverAgeSeconds * 1000)}`
    const evidence = `its walreceiver has been trying to connect${age}, and ${upstreamName} does not answer`
    return fail('replication-network', evidence, { certainty: 'likely', next: lookBetween(link), at })
  }
  return judgeWithoutReason(link, at)
}

/** No receiver, and nobody says why. */
function judgeWithoutReason(
  { standby, lastLogError = null, isLogRead = false }: LinkFacts,
  at: number,
): DiagnosisOutcome {
  const read = `read the end of the server log of ${standby} (l collects logs) for the reason`
  const next = `${read}; pgdeck can read it with "host" and "logs" in the config, or GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text, bigint, bigint)`
  const log = !isLogRead
    ? 'pgdeck can’t read its log'
    : `the end of its log ${lastLogError === null ? 'has no error' : `has: ${lastLogError}`}`
  const more = { certainty: 'possible', next: isLogRead ? read : next, at } as const
  return fail('replication-broken', `no walreceiver runs, and ${log}`, more)
}

function judgeConnectedReceiver(link: LinkFacts, { lastMessageAgeSeconds }: WalReceiver, at: number): DiagnosisOutcome {
  const { upstreamName } = link
  const silence = lastMessageAgeSeconds === null ? null : formatAge(lastMessageAgeSeconds * 1000)
  if (lastMessageAgeSeconds !== null && lastMessageAgeSeconds > SILENT_SECONDS) {
    const evidence = `connected to ${upstreamName}, but received no message for ${silence}`
    return fail('replication-network', evidence, { certainty: 'likely', next: lookBetween(link), at })
  }
  return ok(`streams from ${upstreamName}${silence === null ? '' : `, last message ${silence} ago`}`, at)
}

function judgeWithoutUpstream(
  { standby }: LinkFacts,
  { hasRestoreCommand }: StandbyFacts,
  at: number,
): DiagnosisOutcome {
  if (hasRestoreCommand) return ok('it has no primary_conninfo and reads its WAL from an archive (restore_command)', at)
  const next = `set primary_conninfo on ${standby} and reload`
  return fail('replication-broken', 'neither primary_conninfo nor restore_command is set', { next, at })
}

function judgeByLog(link: LinkFacts, logCause: LogCause, at: number): DiagnosisOutcome {
  const isOwnLog = link.logCauseFrom === 'standby'
  const evidence = `the server log of ${isOwnLog ? link.standby : link.upstreamName} has: ${logCause.text}`
  const certainty = isOwnLog ? 'certain' : 'likely'
  return fail(logCause.cause, evidence, { certainty, next: linkRemedy(logCause.cause, link), at: logCause.at ?? at })
}

/** It has no primary_conninfo, by its own word: a connection to its upstream is not what it needs. */
export function isByArchiveAlone({ standbyFacts }: Pick<LinkFacts, 'standbyFacts'>): boolean {
  return standbyFacts?.hasPrimaryConninfo === false && standbyFacts.hasRestoreCommand
}

function lookBetween({ standby, upstreamName, standbyFacts }: LinkFacts): string {
  const to = standbyFacts?.upstream?.host
    ? `${standbyFacts.upstream.host}:${standbyFacts.upstream.port ?? 5432}`
    : upstreamName
  return `check the network and firewalls from ${standby} to ${to}`
}

/** How to repair a link with this cause. */
export function linkRemedy(
  cause: CauseId,
  link: Pick<LinkFacts, 'standby' | 'upstreamName' | 'standbyFacts'>,
): string | null {
  const { standby, upstreamName, standbyFacts } = link
  const user = standbyFacts?.upstream?.user ?? 'its replication user'
  switch (cause) {
    case 'replication-hba':
      return `h, or pgdeck hba audit ${upstreamName}: shows the line for pg_hba.conf of ${upstreamName}; then SELECT pg_reload_conf()`
    case 'replication-credentials':
      return `correct the password of ${user} in primary_conninfo of ${standby} (or its .pgpass), or set it on ${upstreamName} with ALTER ROLE`
    case 'slot-missing':
      return `on ${upstreamName}: SELECT pg_catalog.pg_create_physical_replication_slot('${(standbyFacts?.slot ?? 'SLOT').replaceAll("'", "''")}', true)`
    case 'slot-lost':
    case 'wal-removed':
      return remedyOfLostWal(cause, link)
    case 'other-system':
      return `rebuild ${standby} from ${upstreamName} (B, pgdeck do rebuild-replica ${standby})`
    case 'timeline-fork':
      return `pg_rewind or rebuild ${standby} from ${upstreamName} (B, pgdeck do rebuild-replica ${standby})`
    case 'slot-in-use':
      return `give each standby its own slot (primary_slot_name); view 2 shows what uses it`
    case 'senders-exhausted':
      return `raise max_wal_senders or max_connections of ${upstreamName}, or end what uses them (view 3)`
    case 'source-down':
      return `d on ${upstreamName}`
    default:
      return `check the network and firewalls from ${standby} to ${upstreamName}`
  }
}

/** What a slot has lost an archive may hold: then the slot alone has to be made again, as from PostgreSQL 16 on it retains nothing. */
function remedyOfLostWal(
  cause: 'slot-lost' | 'wal-removed',
  { standby, upstreamName, standbyFacts }: Pick<LinkFacts, 'standby' | 'upstreamName' | 'standbyFacts'>,
): string {
  const rebuild = `rebuild ${standby} from ${upstreamName} (B, pgdeck do rebuild-replica ${standby})`
  if (!standbyFacts?.hasRestoreCommand) return rebuild
  const archive = `only where the archive of ${standby} lacks that WAL: ${rebuild}`
  if (cause === 'wal-removed' || standbyFacts.slot === null) return archive
  return `${slotAgain(upstreamName, standbyFacts.slot)}; ${archive}`
}

/** The statement that drops a slot and creates it again. */
function slotAgain(upstreamName: string, name: string): string {
  const slot = `'${name.replaceAll("'", "''")}'`
  return `on ${upstreamName}: SELECT pg_catalog.pg_drop_replication_slot(${slot}), pg_catalog.pg_create_physical_replication_slot(${slot}, true)`
}

/** The same link as the upstream reports it. `sender` is the standby's row of pg_stat_replication there. */
export function judgeSender(
  link: Pick<LinkFacts, 'upstreamName' | 'standbyFacts'>,
  readAt: number | null,
  sender: WalSender | null,
  isStreaming: boolean,
  /** The walsenders of the source that are in use, and max_wal_senders; null: not read. */
  senders: { readonly used: number; readonly max: number } | null = null,
): DiagnosisOutcome {
  if (readAt === null) return unknownOutcome(`pgdeck can’t read ${link.upstreamName}`, `d on ${link.upstreamName}`)
  if (!sender && isByArchiveAlone(link)) return skipped('it restores WAL from an archive: nobody sends to it')
  if (!sender) {
    const evidence = `${link.upstreamName} has no walsender for it`
    if (!isStreaming && senders && senders.used >= senders.max) {
      const full = `${evidence}: all ${senders.max} are in use (max_wal_senders)`
      const next = `raise max_wal_senders of ${link.upstreamName} and restart it, or end what uses them (view 2)`
      return fail('senders-exhausted', full, { certainty: 'likely', next, at: readAt })
    }
    return isStreaming
      ? unknownOutcome(`${evidence}, though it streams: it may connect through a proxy`, null, readAt)
      : warn('replication-broken', evidence, { certainty: 'possible', at: readAt })
  }
  const age = sender.replyAgeSeconds
  const heard = age === null ? '' : `, last reply ${formatAge(age * 1000)} ago`
  if (age !== null && age > SILENT_SECONDS) {
    return warn('replication-network', `${link.upstreamName} still has its connection${heard}`, {
      certainty: 'likely',
      at: readAt,
    })
  }
  return ok(`${link.upstreamName} sends to it (${sender.state ?? 'state hidden'}${heard})`, readAt)
}

/** `slots` are those of the upstream; null: they can't be read. */
export function judgeSlot(
  link: Pick<LinkFacts, 'standby' | 'upstreamName' | 'standbyFacts'>,
  name: string | null,
  slots: readonly ReplicationSlot[] | null,
  isStreaming: boolean,
  at: number | null,
): DiagnosisOutcome {
  if (name === null || name === '') return skipped('it uses no replication slot')
  if (slots === null) return unknownOutcome(`slot ${name}: pgdeck can’t read the slots of ${link.upstreamName}`)
  const slot = slots.find((one) => one.name === name)
  if (!slot) {
    return fail('slot-missing', `${link.upstreamName} has no slot ${name}`, {
      next: linkRemedy('slot-missing', link),
      at,
    })
  }
  if (slot.walStatus === 'lost' || slot.invalidationReason !== null) {
    const why = slot.invalidationReason === null ? '' : ` (${slot.invalidationReason})`
    const evidence = `slot ${name} on ${link.upstreamName} is lost${why}`
    // Only that it was idle invalidated it, or it streams all the same: then the WAL that it needs is there.
    const isThere = slot.invalidationReason === 'idle_timeout' || isStreaming
    const next = isThere ? slotAgain(link.upstreamName, name) : linkRemedy('slot-lost', link)
    return isStreaming
      ? warn('slot-hollow', `${evidence}: it streams, but nothing retains WAL for it`, { next, at })
      : fail('slot-lost', evidence, { next, at })
  }
  const kept = slot.retainedBytes === null ? '' : `, retains ${formatBytes(slot.retainedBytes)} of WAL`
  if (slot.active && !isStreaming) {
    const evidence = `slot ${name} is in use by process ${slot.activePid ?? '?'} of ${link.upstreamName}`
    return warn('slot-in-use', evidence, { certainty: 'possible', next: linkRemedy('slot-in-use', link), at })
  }
  return ok(`slot ${name} exists and is ${slot.active ? 'active' : 'inactive'}${kept}`, at)
}
