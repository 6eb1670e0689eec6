// What `pgdeck audit` prints: entries of pgdeck and of the applications in one form, filtered and in one order.

import { categoryOfText } from '../../../model/application-audit/category.ts'
import {
  type ApplicationAuditEntry,
  type AuditSourceRecord,
  sureClockDifference,
} from '../../../model/application-audit/entry.ts'
import type { AuditCategory, AuditEntry, AuditOrigin } from '../../../model/events/audit-entry.ts'
import { type ExchangeOutage, exchangeOutages, isDuringOutage } from '../../../model/events/exchange-outage.ts'
import type { ClusterSpec } from '../../../model/measured/spec.ts'
import { mirroredIds } from '../../../model/replication/mirrored-pair.ts'

/** An entry in the form that is printed. */
export interface AuditLine extends Omit<AuditEntry, 'who' | 'category'> {
  readonly who: { readonly user: string | null; readonly ssh: string | null; readonly tty: string | null }
  /** null: the application has another word. */
  readonly category: AuditCategory | null
  readonly source: AuditOrigin
  /** The address that the application gives; of an entry of pgdeck that of its SSH client. */
  readonly from: string | null
  /** The category in the words of the application; null for an entry of pgdeck. */
  readonly applicationCategory: string | null
  /** How far the clock that wrote `at` is ahead, in milliseconds; 0 if that is not sure. */
  readonly clockAheadMs: number
  /** During an outage of the exchange of mirrored databases. */
  readonly outage: boolean
}

/** A source of the audit of an application, after its reading. */
export interface ReadSource {
  readonly cluster: string
  readonly server: string
  /** In words: `/opt/app/audit.log on h1`. */
  readonly source: string
  readonly record: AuditSourceRecord
}

export interface AuditFilter {
  readonly server?: string | undefined
  readonly category?: AuditCategory | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly source?: AuditOrigin | undefined
  readonly outage?: boolean | undefined
}

/** The outages of each mirrored cluster, by its name. */
export function outagesByCluster(
  entries: readonly AuditEntry[],
  specs: readonly ClusterSpec[],
): ReadonlyMap<string, readonly ExchangeOutage[]> {
  return new Map(
    specs.flatMap((spec) => {
      const pair = mirroredIds(spec)
      const own = entries.filter(({ cluster }) => cluster === spec.name)
      return pair ? [[spec.name, exchangeOutages(own, pair, null)] as const] : []
    }),
  )
}

/** The lines that the filter lets through, the oldest first. */
export function auditLines(
  entries: readonly AuditEntry[],
  sources: readonly ReadSource[],
  outages: ReadonlyMap<string, readonly ExchangeOutage[]>,
  filter: AuditFilter,
): readonly AuditLine[] {
  const all = [
    ...entries.map(lineOfEntry),
    ...sources.flatMap((source) => source.record.entries.map((entry) => lineOfApplication(entry, source))),
  ]
  return all
    .map((line) => ({
      ...line,
      outage: line.cluster !== null && isDuringOutage(outages.get(line.cluster) ?? [], placeOf(line)),
    }))
    .filter((line) => isWanted(line, filter))
    .toSorted((one, other) => placeOf(one) - placeOf(other))
}

function isWanted(line: AuditLine, { server, category, since, source, outage = false }: AuditFilter): boolean {
  if (server !== undefined && line.server !== server) return false
  if (category !== undefined && line.category !== category) return false
  if (source !== undefined && line.source !== source) return false
  return (since === undefined || placeOf(line) >= since) && (!outage || line.outage)
}

/** Its time by the clock of this host. */
function placeOf({ at, clockAheadMs }: AuditLine): number {
  return at - clockAheadMs
}

function lineOfEntry(entry: AuditEntry): AuditLine {
  const { who } = entry
  return { ...entry, source: 'pgdeck', from: who.ssh, applicationCategory: null, clockAheadMs: 0, outage: false }
}

function lineOfApplication(entry: ApplicationAuditEntry, { cluster, server, record }: ReadSource): AuditLine {
  const { at, who, what, from, category, result } = entry
  return {
    at,
    who: { user: who, ssh: null, tty: null },
    cluster,
    server,
    category: categoryOfText(category),
    what,
    plan: null,
    result,
    source: 'application',
    from,
    applicationCategory: category,
    clockAheadMs: sureClockDifference(record.clockAheadMs),
    outage: false,
  }
}
