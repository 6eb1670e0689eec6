// What Aurora tells of the instances of its cluster: one writer, and its readers. They read the storage of the writer, so
// they have no walreceiver and no slots.

import type { Lsn } from '../../values/lsn.ts'
import type { ManagerSigns } from './manager-signs.ts'

/** A row of `aurora_replica_status()`. */
export interface AuroraInstance {
  /** The identifier of the instance, the first part of its endpoint's name. */
  readonly name: string
  readonly isWriter: boolean
  /** How far a reader is behind the writer, in milliseconds; null: not told, as of the writer. */
  readonly lagMs: number | null
  /** How long the reader is expected to replay what it has, in microseconds; null: not told. */
  readonly replayMicroseconds: number | null
  /** The position that the storage has; comparable only with others of the same cluster. null: not told. */
  readonly durableLsn: Lsn | null
}

export interface AuroraFacts {
  /** The identifier of the instance that was asked; null: not told. */
  readonly self: string | null
  /** null: not told. Without readers that stopped reporting. */
  readonly instances: readonly AuroraInstance[] | null
}

/** The function in `pg_catalog` that only Aurora has. No ordinary user can make one there. */
export const AURORA_FUNCTION = 'aurora_version'

/** What the pulse of a server has of it. */
interface AuroraSigns {
  readonly position:
    | { readonly kind: 'primary' }
    | { readonly kind: 'standby'; readonly receiver: { readonly status: unknown } | null }
  readonly managerSigns: ManagerSigns
  readonly aurora?: AuroraFacts | null | undefined
}

interface Instance {
  readonly pulse: AuroraSigns | null
  readonly record: { readonly spec: { readonly host: string } }
}

/** Whether it is an instance of Aurora, by a function that no ordinary user can make. */
export function isAurora({ pulse }: { readonly pulse: AuroraSigns | null }): boolean {
  const signs = pulse?.managerSigns.functions ?? []
  return signs.some(({ name, isPrivileged }) => name === AURORA_FUNCTION && isPrivileged)
}

/**
 * Whether it is a reader of Aurora. One with a walreceiver has storage of its own, and may be late: it is a copy of another
 * server that is to be moved to Aurora.
 */
export function isAuroraReader(instance: { readonly pulse: AuroraSigns | null }): boolean {
  const position = instance.pulse?.position
  return position?.kind === 'standby' && position.receiver === null && isAurora(instance)
}

/** Its identifier: as it tells, else by the name of its own endpoint. The endpoints of a cluster name none. */
export function auroraNameOf({ pulse, record }: Instance, instances: readonly AuroraInstance[]): string | null {
  if (pulse?.aurora?.self) return pulse.aurora.self
  const [label = ''] = record.spec.host.toLowerCase().split('.')
  return instances.find(({ name }) => name.toLowerCase() === label)?.name ?? null
}

/** The row of this instance in its own answer; null if it does not tell. */
export function auroraRowOf(instance: Instance): AuroraInstance | null {
  const instances = instance.pulse?.aurora?.instances ?? []
  const own = auroraNameOf(instance, instances)
  const readers = instances.filter(({ isWriter }) => !isWriter)
  return (
    instances.find(({ name }) => name === own) ?? (own === null && readers.length === 1 ? (readers[0] ?? null) : null)
  )
}

/** The identifier of the writer of its storage, as a reader tells; null if it does not. */
export function auroraWriterOf({ pulse }: Pick<Instance, 'pulse'>): string | null {
  return pulse?.aurora?.instances?.find(({ isWriter }) => isWriter)?.name ?? null
}

/**
 * Whether the reader names this instance as the writer of its storage, and that does not deny it. A reader of another
 * cluster, as in another region, names another one: its storage is a copy, and the copy may be late. Names are unique
 * within a region only.
 */
export function isAuroraWriterOf(writer: Instance, reader: Instance): boolean {
  const name = auroraWriterOf(reader)
  if (name === null || !isAuroraReader(reader) || (writer.pulse !== null && !isAurora(writer))) return false
  const instances = reader.pulse?.aurora?.instances ?? []
  if (auroraNameOf(writer, instances) !== name) return false
  return knowsReader(writer, auroraNameOf(reader, instances)) && !areInTwoRegions(writer, reader)
}

/** What is not told is no denial. */
function knowsReader({ pulse }: Instance, name: string | null): boolean {
  const told = pulse?.aurora?.instances ?? null
  return told === null || name === null || told.some((each) => each.name === name && !each.isWriter)
}

function areInTwoRegions(one: Instance, other: Instance): boolean {
  const regions = [one, other].flatMap(
    ({ record }) => /\.([a-z]{2}-[a-z-]+-\d+)\.rds\./i.exec(record.spec.host)?.[1] ?? [],
  )
  return new Set(regions.map((region) => region.toLowerCase())).size > 1
}
