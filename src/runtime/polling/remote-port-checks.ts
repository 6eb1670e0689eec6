// Has the hosts that can be entered over ssh try what can't be reached from here: are we cut off, or is it down?

import { checkPort } from '../../io/network/port-check.ts'
import type { HostPortCheck } from '../../model/measured/port-check.ts'
import { isUnreachable } from '../../model/values/fault.ts'
import { checkPortFromHost } from '../../probes/diagnosis/on-host.ts'
import type { AccessibleHost } from '../../probes/probe.ts'
import type { Store } from '../../state/store.ts'
import type { ClusterPoll } from './cluster-poll.ts'

interface UnreachableTarget {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly hostId: string | null
}

/** Not more often: each try is a shell there, and a connection that the target may log. */
const EVERY_MS = 5_000
const LIMIT_MS = 4_000
/** The first of many tell enough. */
const MOST_TARGETS = 8
const MOST_HOSTS = 6

const under = new WeakSet<ClusterPoll>()
const lastAt = new WeakMap<ClusterPoll, number>()

/** One try of each host at each target that fails here, told as `port-checked`. Nothing is tried while all answers. */
export async function checkPortsFromHosts(store: Store, clusterPoll: ClusterPoll): Promise<void> {
  const cluster = clusterPoll.config.spec.name
  const hosts = clusterPoll.hostConnections.hosts.filter(({ ssh }) => ssh !== null).slice(0, MOST_HOSTS)
  if (hosts.length === 0 || under.has(clusterPoll)) return
  const lost = unreachableTargets(store, clusterPoll)
  if (lost.length === 0) {
    const state = store.latest().clusters.find(({ spec }) => spec.name === cluster)
    if ((state?.knocks?.length ?? 0) > 0) store.dispatch({ type: 'port-checked', cluster, knocks: [] })
    return
  }
  if (performance.now() - (lastAt.get(clusterPoll) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
  under.add(clusterPoll)
  lastAt.set(clusterPoll, performance.now())
  try {
    const knocks = await Promise.all(
      lost.flatMap((target) => [here(target), ...hosts.map((host) => there(host, target))]),
    )
    store.dispatch({ type: 'port-checked', cluster, knocks: knocks.flatMap((one) => one ?? []) })
  } finally {
    under.delete(clusterPoll)
  }
}

function unreachableTargets(store: Store, { config }: ClusterPoll): readonly UnreachableTarget[] {
  const state = store.latest().clusters.find(({ spec }) => spec.name === config.spec.name)
  if (!state) return []
  const failing = [...state.databases, ...state.servers].filter(
    ({ pulse }) => (pulse.state === 'stale' || pulse.state === 'failed') && isUnreachable(pulse.fault),
  )
  // What is reached through a host's ssh, or over a Unix socket, is not reached from here at all.
  const inside = new Set(config.databases.filter(({ via }) => via !== null).map(({ spec }) => spec.id))
  return failing
    .map(({ spec }) => {
      const host = 'host' in spec ? spec.host : new URL(spec.url).hostname.replace(/^\[|\]$/g, '')
      return { id: spec.id, host, port: spec.port, hostId: spec.hostId }
    })
    .filter(({ id, host }) => !inside.has(id) && !host.startsWith('/'))
    .slice(0, MOST_TARGETS)
}

async function here({ id, host, port }: UnreachableTarget): Promise<HostPortCheck> {
  const fault = await checkPort(host, port, AbortSignal.timeout(LIMIT_MS / 2))
  return { hostId: null, targetId: id, fault, at: Date.now() }
}

/** null where the host itself can't be asked: that shows nothing of the target. */
async function there(
  access: AccessibleHost,
  { id, host, port, hostId }: UnreachableTarget,
): Promise<HostPortCheck | null> {
  // A target's own host would only tell that somebody listens.
  if (access.config.id === hostId) return null
  try {
    const fault = await checkPortFromHost(access, { host, port }, AbortSignal.timeout(LIMIT_MS))
    return { hostId: access.config.id, targetId: id, fault, at: Date.now() }
  } catch {
    return null
  }
}
