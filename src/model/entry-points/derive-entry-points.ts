// Makes the views of the poolers, proxies and addresses of a cluster.

import type { EntryPointRecord, ProxiedServer } from '../measured/entry-points/entry-point-reading.ts'
import { entryPointRecords } from '../measured/entry-points/entry-point-records.ts'
import type {
  AddressView,
  Destination,
  EntryPointStatus,
  EntryPointView,
  PooledDatabaseView,
  PoolerView,
  ProxyView,
} from '../measured/entry-points/entry-point-view.ts'
import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'
import type { SplitBrain } from '../picture/split-brain.ts'
import { formatEndpoint } from '../values/address.ts'
import { isUnasked } from '../values/fault.ts'
import { faultOf, lastGood, lastReadAt, type Reading } from '../values/reading.ts'
import { clean } from '../values/text.ts'
import { addressDestination, type ClusterDatabases, poolDestinations, proxiedDestination } from './destinations.ts'

interface Facts {
  readonly databases: readonly DatabaseView[]
  readonly splitBrains: readonly SplitBrain[]
  readonly memberNames: Readonly<Record<string, string>>
  readonly previous: Picture | null
  readonly now: number
}

/** Poolers first, then proxies and addresses, as configured. */
export function entryPointViews(
  { spec, entryPoints = entryPointRecords(spec) }: ClusterSnapshot,
  { databases, splitBrains, memberNames, previous, now }: Facts,
): readonly EntryPointView[] {
  const before = new Map((previous?.entryPoints ?? []).map((view) => [view.id, view]))
  const cluster = { databases, splitBrains, memberNames, addresses: [] }
  const addresses = entryPoints.flatMap((record) => (record.kind === 'address' ? [addressView(record, cluster)] : []))
  const known: ClusterDatabases = { ...cluster, addresses }
  return entryPoints.map((record) => {
    const view =
      record.kind === 'pooler'
        ? poolerView(record, known, spec.thresholds.poolerWaitSeconds.warning)
        : record.kind === 'proxy'
          ? proxyView(record, known)
          : addressView(record, cluster)
    return remembering(view, before.get(record.spec.id), now)
  })
}

/** With the time since when it is so, and where it led before. */
function remembering<View extends EntryPointView>(view: View, before: EntryPointView | undefined, now: number): View {
  const { status, leadsTo } = view
  const since = status === 'unknown' ? null : before?.status === status ? before.since : (view.problem?.since ?? now)
  return { ...view, since, ledTo: leadsTo.length > 0 ? leadsTo : (before?.ledTo ?? []) }
}

type RecordOf<Kind> = Extract<EntryPointRecord, { readonly kind: Kind }>

function addressView({ spec, reading }: RecordOf<'address'>, cluster: ClusterDatabases): AddressView {
  const told = lastGood(reading)
  const leadsTo = told ? [addressDestination(told, spec.expects, cluster)] : []
  const facts = { spec, reading, where: formatEndpoint(spec.host, spec.port), leadsTo, sessions: null, waiting: null }
  return { kind: 'address', ...factsOf(facts, null), spec, reading: told }
}

function poolerView({ spec, reading }: RecordOf<'pooler'>, cluster: ClusterDatabases, longSeconds: number): PoolerView {
  const told = lastGood(reading)
  const databases = (told?.databases ?? []).map((each): PooledDatabaseView => {
    return { ...each, leadsTo: poolDestinations(each, spec, spec.expects, cluster) }
  })
  const sum = (of: (each: PooledDatabaseView) => number) =>
    told ? databases.reduce((total, each) => total + of(each), 0) : null
  const facts = {
    spec,
    reading,
    where: formatEndpoint(spec.host, spec.port),
    leadsTo: merged(databases.flatMap((each) => each.leadsTo)),
    sessions: sum((each) => each.clientsActive + each.clientsWaiting),
    waiting: sum((each) => each.clientsWaiting),
  }
  const own = told?.isPaused ? 'paused' : poolStatus(databases, longSeconds)
  return { kind: 'pooler', ...factsOf(facts, own), spec, databases, reading: told }
}

function poolStatus(databases: readonly PooledDatabaseView[], longSeconds: number): EntryPointStatus | null {
  if (databases.some(({ paused }) => paused)) return 'paused'
  if (databases.some(({ disabled }) => disabled)) return 'disabled'
  const isLong = databases.some(({ longestWaitSeconds }) => longestWaitSeconds >= longSeconds)
  return isLong ? 'waiting' : null
}

/** One for each place; the worse verdict counts. */
function merged(destinations: readonly Destination[]): readonly Destination[] {
  const groups = Map.groupBy(destinations, ({ databaseId, name }) => databaseId ?? `at ${name}`)
  return [...groups.values()].flatMap((group) => group.find(({ isExpected }) => isExpected === false) ?? group[0] ?? [])
}

function proxyView({ spec, reading }: RecordOf<'proxy'>, cluster: ClusterDatabases): ProxyView {
  const told = lastGood(reading)
  const used = usedServers(told?.servers ?? [])
  const servers = (told?.servers ?? []).map((server) => {
    const destination = proxiedDestination(server, spec.expects, cluster)
    return { ...server, isUsed: used.includes(server), destination }
  })
  const facts = {
    spec,
    reading,
    where: clean(spec.stats),
    leadsTo: merged(servers.filter(({ isUsed }) => isUsed).map(({ destination }) => destination)),
    sessions: told ? servers.reduce((total, { sessions }) => total + sessions, 0) : null,
    waiting: told?.queued ?? null,
  }
  return {
    kind: 'proxy',
    ...factsOf(facts, told && used.length === 0 ? 'no-server' : null),
    spec,
    servers,
    reading: told,
  }
}

/** Servers that are up; those for emergencies only while no other is. */
function usedServers(servers: readonly ProxiedServer[]): readonly ProxiedServer[] {
  const up = servers.filter(({ state }) => state === 'up')
  const usual = up.filter(({ isBackup }) => !isBackup)
  return usual.length > 0 ? usual : up.slice(0, 1)
}

interface Told {
  readonly spec: EntryPointRecord['spec']
  readonly reading: Reading<unknown>
  readonly where: string
  readonly leadsTo: readonly Destination[]
  readonly sessions: number | null
  readonly waiting: number | null
}

/** `own`: a status beyond where it leads. */
function factsOf({ spec: { id, expects }, reading, ...told }: Told, own: EntryPointStatus | null) {
  const fault = faultOf(reading)
  const problem = fault && { ...fault, message: clean(fault.message), hint: fault.hint && clean(fault.hint) }
  const isElsewhere = told.leadsTo.some(({ isExpected }) => isExpected === false)
  const status: EntryPointStatus =
    reading.state === 'waiting' || (problem && isUnasked(problem))
      ? 'unknown'
      : problem
        ? 'silent'
        : isElsewhere
          ? 'elsewhere'
          : (own ?? 'active')
  const readAt = lastReadAt(reading)
  return {
    id,
    name: clean(id),
    expects,
    ...told,
    status,
    ledTo: [],
    since: null,
    readAt,
    stale: problem !== null && readAt !== null,
    problem,
  }
}
