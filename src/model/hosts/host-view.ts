// What is told of one host of the config: its last sample, who runs there, and where its disks are heading.

import { availableShare, type FileSystem, HOST_INTERVAL_MS } from '../measured/host.ts'
import type { ClusterSnapshot, HostRecord, HostSample } from '../measured/snapshot.ts'
import type { FileSystemView, HostView } from '../picture/picture.ts'
import { isStaleReading } from '../reachability/local-reachability.ts'
import { cleanProblem } from '../replication/member.ts'
import { diskFillRate, secondsUntilFull } from '../storage/disk-trend.ts'
import { faultOf, lastGood, lastReadAt } from '../values/reading.ts'

const TREND_KEPT = 40

/** The views of all hosts of a cluster, in configured order. */
export function hostViews(snapshot: ClusterSnapshot, now: number): readonly HostView[] {
  const tenants = [...snapshot.databases, ...snapshot.servers].map(({ spec }) => spec)
  return snapshot.hosts.map((record) => {
    const here = tenants.filter(({ hostId }) => hostId === record.spec.id)
    const ids = here.map(({ id }) => id)
    return hostView(record, ids, snapshot.intervalMs, now)
  })
}

function hostView(record: HostRecord, tenants: readonly string[], intervalMs: number, now: number): HostView {
  const { spec, history } = record
  const facts = lastGood(record.facts)
  return {
    id: spec.id,
    spec,
    nodeIds: tenants,
    facts,
    spaces: facts?.fileSystems.map((one) => spaceView(one, history)) ?? [],
    loadTrend: history.slice(-TREND_KEPT).map(({ load }) => load),
    readAt: lastReadAt(record.facts),
    stale: isStaleReading(record.facts, Math.max(intervalMs, HOST_INTERVAL_MS), now),
    problem: cleanProblem(faultOf(record.facts)),
  }
}

function spaceView({ role, path, space }: FileSystem, history: readonly HostSample[]): FileSystemView {
  if (space.state === 'unknown') {
    return { role, path, space, freePercent: null, fillingBytesPerSecond: null, fullInSeconds: null }
  }
  const share = availableShare(space.value)
  const filling = diskFillRate(history, path)
  return {
    role,
    path,
    space,
    freePercent: share === null ? null : share * 100,
    fillingBytesPerSecond: filling,
    fullInSeconds: secondsUntilFull(space.value.availableBytes, filling),
  }
}
