// What receives from a walsender: a standby, or a program that only takes WAL, a base backup or logical changes.

import type { DatabasePulse, WalSender } from './pulse.ts'

/**
 * `archiver`: takes WAL and replays none (pg_receivewal, Barman). `backup`: takes a base backup. `logical`: a subscription
 * or another user of a logical slot. `capture`: change data capture (Debezium, pg_recvlogical). `stale`: a connection that a standby
 * left behind, which streams by a newer one. `unknown`: its row does not
 * tell, because it has only just connected or is hidden from this role.
 */
export type SenderKind = 'standby' | 'archiver' | 'backup' | 'capture' | 'logical' | 'stale' | 'unknown'

/** The default application names of these programs. */
const ARCHIVERS: ReadonlySet<string> = new Set(['pg_receivewal', 'pg_receivexlog', 'barman_receive_wal'])
const BACKUPS: ReadonlySet<string> = new Set(['pg_basebackup', 'pg_rewind', 'pgbackrest', 'barman_streaming_backup'])
const CAPTURES = /^(debezium\b|pg_recvlogical$)/i
/** The slot of the WAL connection of a running base backup. */
const SLOT_OF_BACKUP = /^pg_basebackup_\d+$/

/** Returns the kind of a row of pg_stat_replication. A recognized standby is one, whatever its name. */
export function senderKindOf(sender: WalSender, pulse: Pick<DatabasePulse, 'slots'> | null): SenderKind {
  const { applicationName, slot, state } = sender
  if (slot !== null && pulse?.slots.some(({ name, type }) => name === slot && type === 'logical')) {
    return CAPTURES.test(applicationName) ? 'capture' : 'logical'
  }
  if (state === 'backup' || BACKUPS.has(applicationName) || SLOT_OF_BACKUP.test(slot ?? '')) return 'backup'
  if (ARCHIVERS.has(applicationName)) return 'archiver'
  if (CAPTURES.test(applicationName)) return 'capture'
  if (sender.replayedLsn !== null) return 'standby'
  return replaysNothing(sender) ? 'archiver' : 'unknown'
}

/** Whether it may be a standby: one that has just connected may be of any kind. */
export function mayBeStandby(kind: SenderKind): boolean {
  return kind === 'standby' || kind === 'unknown'
}

/** A standby reports its replay position with each reply, from the first one on. */
function replaysNothing({ state, replyAgeSeconds, writtenLsn, replayedLsn }: WalSender): boolean {
  return state === 'streaming' && replyAgeSeconds !== null && writtenLsn !== null && replayedLsn === null
}
