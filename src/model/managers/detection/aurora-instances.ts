// The instances of Aurora among the databases of a cluster, by the identifiers that its service knows them by.

import { auroraNameOf, auroraWriterOf, isAurora } from '../../measured/managers/aurora.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'

/**
 * False for Aurora if a database that was read is none of its instances: beside databases elsewhere it is in charge of its
 * own only.
 */
export function managesAll(kind: ManagerKind, databases: readonly DatabaseRecord[]): boolean {
  if (kind !== 'aurora') return true
  return databases.every(({ pulse }) => lastGood(pulse) === null || isAurora({ pulse: lastGood(pulse) }))
}

/** Identifiers of instances, by the ids of the databases. */
export function auroraNames(databases: readonly DatabaseRecord[]): Readonly<Record<string, string>> {
  const pairs = databases.flatMap((record) => {
    const pulse = lastGood(record.pulse)
    const name = isAurora({ pulse }) ? auroraNameOf({ pulse, record }, pulse?.aurora?.instances ?? []) : null
    return name === null ? [] : [[record.spec.id, name] as const]
  })
  return Object.fromEntries(pairs)
}

/** The identifier of the writer, as any instance that answers tells; undefined if none does. */
export function auroraWriterAmong(databases: readonly DatabaseRecord[]): string | undefined {
  const answering = databases.filter(({ pulse }) => pulse.state === 'fresh')
  return answering.flatMap(({ pulse }) => auroraWriterOf({ pulse: lastGood(pulse) }) ?? [])[0]
}
