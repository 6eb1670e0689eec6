// What is known of the backups of a database: the newest one, and from when to when a restore reaches.

import { endOfWalFile } from '../picture/archive-source.ts'
import type { BackupView } from '../picture/picture.ts'
import { endOfWal, isReadAsPrimary } from '../picture/roles.ts'
import { faultOf, lastGood, lastReadAt } from '../values/reading.ts'
import { clean } from '../values/text.ts'
import { type Member, mayBeSameSystem, systemIdentifierOf } from './member.ts'

/** null: the configuration does not say where its backups are. */
export function backupView(node: Member, nodes: readonly Member[]): BackupView | null {
  const { spec, backup } = node.record
  if (spec.backup === undefined) return null
  const found = lastGood(backup)
  const trouble = otherSystem(found?.system ?? null, node)
  // Backups of another server are none of this one.
  const newest = trouble === null ? (found?.newest ?? null) : null
  return {
    source: clean(spec.backup),
    known: found !== null,
    at: newest?.at ?? null,
    name: newest?.name ?? null,
    window: newest === null ? null : backupWindow(found?.oldestAt ?? null, newest.at, node, nodes),
    isRunning: found?.isRunning ?? null,
    trouble: trouble ?? found?.trouble ?? null,
    readAt: lastReadAt(backup),
    problem: faultOf(backup),
  }
}

/** To the WAL that a primary of the system archived last: whoever is the primary archives for all. */
function backupWindow(
  from: number | null,
  newest: number,
  node: Member,
  nodes: readonly Member[],
): BackupView['window'] {
  if (from === null) return null
  const archived = nodes.filter((other) => other === node || mayBeSameSystem(other, node)).flatMap(archivedTo)
  return { from, to: Math.max(newest, ...archived) }
}

/**
 * The moment up to which the archive of a primary reaches; none where that is not certain. What was archived just now is as old as
 * what still waits: only the last complete file was written just before.
 */
function archivedTo(member: Member): readonly number[] {
  const { archiver, walSegmentBytes: size } = member.pulse ?? {}
  if (!archiver || archiver.keepsNothing || archiver.lastArchivedAt === null || !isReadAsPrimary(member)) return []
  // `…0002.00000028.backup` comes after its file of WAL.
  const name = archiver.lastArchivedWal?.replace(/\.[0-9A-F]{8}\.backup$/, '') ?? null
  const written = endOfWal(member)
  const end = name === null || size === undefined ? null : endOfWalFile(name, size)
  if (written === null || end === null || size === undefined) return []
  return written - end <= BigInt(size) ? [archiver.lastArchivedAt] : []
}

function otherSystem(system: string | null, node: Member): string | null {
  const own = systemIdentifierOf(node)
  if (system === null || own === null || system === own) return null
  return clean(`they are of a server with system identifier ${system}, this one has ${own}`)
}
