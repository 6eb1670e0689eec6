// The reports of managers that count now: of which system they are, how old, and whether they are about this cluster.

import type { ManagerReading, ManagerReport } from '../../measured/managers/manager-report.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood, lastReadAt, type Reading } from '../../values/reading.ts'
import { memberNames } from './member-names.ts'

export interface Heard {
  readonly report: ManagerReport
  readonly at: number
  /** It answered the last question. */
  readonly isNow: boolean
  /** Whether it is about the system of the database that was asked; null if either is unknown. */
  readonly matches: boolean | null
  /** Id of the database that was asked, or whose host was; null: an address of the cluster. */
  readonly databaseId: string | null
}

/** How long an answer of a manager counts: its names may change. */
const HEARD_FOR_MS = 120_000

type Known = Pick<ClusterSnapshot, 'databases' | 'managerSources'>

/** All reports of that kind that are not too old, also of managers of other clusters. */
export function heardIn({ databases, managerSources = [] }: Known, kind: ManagerKind, now: number): readonly Heard[] {
  const asked = [
    ...databases.map(({ spec, manager }) => ({ databaseId: spec.id, reading: manager })),
    ...managerSources.map(({ reading }) => ({ databaseId: null, reading })),
  ]
  return asked.flatMap(({ databaseId, reading }) =>
    reportsIn(reading, kind)
      .filter(({ at }) => now - at <= HEARD_FOR_MS)
      .map((each) => ({ ...each, databaseId, matches: matchesOf(each.report, databases) })),
  )
}

function reportsIn(
  reading: Reading<ManagerReading> | undefined,
  kind: ManagerKind,
): readonly Pick<Heard, 'report' | 'at' | 'isNow'>[] {
  const at = reading ? lastReadAt(reading) : null
  const answer = reading ? lastGood(reading) : null
  if (!reading || at === null || answer === null) return []
  const isNow = reading.state === 'fresh'
  const all = [
    ...answer.reports.map((report) => ({ report, at, isNow })),
    ...(answer.lastReport ? [{ ...answer.lastReport, isNow: false }] : []),
  ]
  return all.filter(({ report }) => report.kind === kind)
}

/** Whether it is about the system of these databases; null if either is unknown. */
export function matchesOf(
  { systemIdentifier }: Pick<ManagerReport, 'systemIdentifier'>,
  databases: readonly DatabaseRecord[],
): boolean | null {
  const known = databases.flatMap(({ pulse }) => lastGood(pulse)?.systemIdentifier ?? [])
  return systemIdentifier === null || known.length === 0 ? null : known.includes(systemIdentifier)
}

/** A table is in the database itself. A REST API without a system identifier must have one of the databases as a member. */
export function isOurs({ report, matches }: Heard, databases: readonly DatabaseRecord[]): boolean {
  if (matches !== null) return matches
  return report.kind !== 'patroni' || Object.keys(memberNames(report, databases)).length > 0
}

/** The report in words, as evidence. */
export function heardText({ report: { source, systemIdentifier }, matches, isNow }: Heard): string {
  if (matches === false) return `${source} manages another cluster (system identifier ${systemIdentifier})`
  if (!isNow) return `${source} answered until a moment ago`
  return matches ? `${source} names this cluster's system identifier` : `${source} answers`
}
