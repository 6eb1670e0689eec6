// The rows of the hosts view: this host, those of the config, and those that only their databases report.

import { HOST_INTERVAL_MS, type HostFacts, type HostRates } from '../../../model/measured/host.ts'
import type { HostFileFacts } from '../../../model/measured/on-demand.ts'
import type { LocalHostPulse } from '../../../model/measured/pulse.ts'
import type { HostView, OngoingFault } from '../../../model/picture/picture.ts'
import { faultOf, lastGood, lastReadAt } from '../../../model/values/reading.ts'
import { clean } from '../../../model/values/text.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import type { ViewRow } from '../list/view.ts'

/** The facts that every source may give; null if it does not. */
export interface HostRowFigures {
  readonly cpus: number | null
  readonly load: readonly [number, number, number] | null
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number } | null
  readonly uptimeSeconds: number | null
  readonly cpu: HostRates['cpu']
  readonly disk: HostRates['disk']
  readonly network: HostRates['network']
}

/** The source of the figures. */
type MetricsSource =
  | { readonly kind: 'own'; readonly pulse: LocalHostPulse | null }
  | { readonly kind: 'host'; readonly view: HostView }
  | { readonly kind: 'sql'; readonly queryResult: DatabaseQueryResult<HostFileFacts>; readonly host: HostView | null }
  /** A host of the config that neither ssh nor a database reaches. */
  | { readonly kind: 'nobody'; readonly view: HostView }

export interface HostRow extends ViewRow {
  readonly name: string
  /** `ssh ops@10.0.0.11`, `local`, `through SQL`, `no way in`; for this host, its name. */
  readonly accessText: string
  readonly source: MetricsSource
  readonly figures: HostRowFigures | null
  readonly at: number | null
  /** The longest normal time between two samples, in milliseconds. */
  readonly everyMs: number
  readonly problem: OngoingFault | null
}

/** This host first, then the config's order, then hosts without an entry by address. */
export function hostRows(state: State, cluster: ClusterState): readonly HostRow[] {
  const views = cluster.picture?.hosts ?? []
  const known = views.map((view) => configured(view, cluster, state.intervalMs))
  return [ownRow(state), ...known, ...unconfigured(cluster, state.intervalMs)]
}

function ownRow({ host, intervalMs }: State): HostRow {
  const pulse = lastGood(host)
  const figures = pulse && { ...pulse, cpu: null, disk: null }
  return {
    id: 'this host',
    subject: null,
    name: 'this host',
    accessText: pulse ? clean(pulse.hostname) : '',
    source: { kind: 'own', pulse },
    figures,
    at: lastReadAt(host),
    everyMs: intervalMs,
    problem: faultOf(host),
  }
}

function configured(view: HostView, cluster: ClusterState, intervalMs: number): HostRow {
  const { access, id, as } = view.spec
  const about = { id: `host ${id}`, subject: null, name: clean(id) }
  const everyMs = Math.max(intervalMs, HOST_INTERVAL_MS)
  if (access.kind === 'none') {
    const queryResult = best(queryResultsOf(cluster, 'hostFiles').filter(({ record }) => record.spec.hostId === id))
    if (queryResult) return { ...about, ...throughSql(queryResult, view), everyMs }
    const source = { kind: 'nobody', view } as const
    return { ...about, accessText: 'no access', source, figures: null, at: null, everyMs, problem: null }
  }
  return {
    ...about,
    accessText: clean(
      `${access.kind === 'local' ? 'local' : `ssh ${access.destination}`}${as === undefined ? '' : ` as ${as}`}`,
    ),
    source: { kind: 'host', view },
    figures: view.facts && figuresOf(view.facts),
    at: view.readAt,
    everyMs,
    problem: view.problem,
  }
}

function figuresOf({ cpus, load, memory, swap, uptimeSeconds, rates }: HostFacts): HostRowFigures {
  const { cpu = null, disk = null, network = null } = rates ?? {}
  return { cpus, load, memory, swap, uptimeSeconds, cpu, disk, network }
}

function unconfigured(cluster: ClusterState, intervalMs: number): readonly HostRow[] {
  const homeless = queryResultsOf(cluster, 'hostFiles').filter(({ record }) => record.spec.hostId === null)
  // Databases at one address are on one machine: one of them represents all.
  const addresses = [...new Set(homeless.map(({ record }) => record.spec.host))]
  return addresses.flatMap((address): HostRow[] => {
    const queryResult = best(homeless.filter(({ record }) => record.spec.host === address))
    if (!queryResult) return []
    const about = { id: `address ${address}`, subject: null, name: clean(address) }
    return [{ ...about, ...throughSql(queryResult, null), everyMs: Math.max(intervalMs, HOST_INTERVAL_MS) }]
  })
}

/** The database with the most facts; the first of equals. */
function best(all: readonly DatabaseQueryResult<HostFileFacts>[]): DatabaseQueryResult<HostFileFacts> | null {
  const weight = ({ value, reading }: DatabaseQueryResult<HostFileFacts>) =>
    value?.load ? (reading.state === 'fresh' ? 3 : 2) : value ? 1 : 0
  return [...all].sort((a, b) => weight(b) - weight(a))[0] ?? null
}

function throughSql(queryResult: DatabaseQueryResult<HostFileFacts>, host: HostView | null) {
  const { value } = queryResult
  const isTold = value !== null && value.load !== null
  return {
    accessText: 'through SQL',
    source: { kind: 'sql', queryResult, host },
    figures: isTold ? { ...value, cpu: null, disk: null, network: null } : null,
    at: queryResult.at,
    problem: faultOf(queryResult.reading),
  } as const
}

/** Databases and servers on the host, by their display names. */
export function nodesOnHost(row: HostRow, cluster: ClusterState): readonly string[] {
  const { source } = row
  const all = [...cluster.databases, ...cluster.servers]
  const named = (ids: readonly string[]) => ids.map((id) => nameIn(all, id))
  if (source.kind === 'own') return []
  if (source.kind !== 'sql') return named(source.view.nodeIds)
  if (source.host) return named(source.host.nodeIds)
  const address = source.queryResult.record.spec.host
  const here = cluster.databases.filter(({ spec }) => spec.hostId === null && spec.host === address)
  return here.map(({ displayName }) => clean(displayName))
}

function nameIn(
  records: readonly { readonly spec: { readonly id: string }; readonly displayName: string }[],
  id: string,
): string {
  return clean(records.find(({ spec }) => spec.id === id)?.displayName ?? id)
}
