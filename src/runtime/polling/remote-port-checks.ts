// Lets hosts with ssh access try targets that this host can't reach, to distinguish "this host is cut off" and "it is
// down".

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

/** Not more often: each try starts a shell there and makes a connection that the target may log. */
const EVERY_MS = 5_000
const LIMIT_MS = 4_000
/** At most this many targets: the first ones are enough to decide. */
const MOST_TARGETS = 8
const MOST_HOSTS = 6

const under = new WeakSet<ClusterPoll>()
const lastAt = new WeakMap<ClusterPoll, number>()

/**
 * Tries each unreachable target once from each host, and dispatches `port-checked`. Does nothing while all targets
 * answer.
 */
export async function checkPortsFromHosts(store: Store, clusterPoll: ClusterPoll): Promise<void> {
  const cluster = clusterPoll.config.spec.name
  const hosts = clusterPoll.hostConnections.hosts.filter(({ ssh }) => ssh !== null).slice(0, MOST_HOSTS)
  if (hosts.length === 0 || under.has(clusterPoll)) return
  const lost = unreachableTargets(store, clusterPoll)
  if (lost.length === 0) {
    const state = store.latest().clusters.find(({ spec }) => spec.name === cluster)
    if ((state?.portChecks?.length ?? 0) > 0) store.dispatch({ type: 'port-checked', cluster, checks: [] })
    return
  }
  if (performance.now() - (lastAt.get(clusterPoll) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
  under.add(clusterPoll)
  lastAt.set(clusterPoll, performance.now())
  try {
    const checks = await Promise.all(
      lost.flatMap((target) => [here(target), ...hosts.map((host) => there(host, target))]),
    )
    store.dispatch({ type: 'port-checked', cluster, checks: checks.flatMap((one) => one ?? []) })
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
  // A target behind ssh or on a Unix socket is not reached from this host at all.
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

/** null if the host itself can't be asked: that says nothing of the target. */
async function there(
  access: AccessibleHost,
  { id, host, port, hostId }: UnreachableTarget,
): Promise<HostPortCheck | null> {
  // A target's own host would only show that the port is open there.
  if (access.config.id === hostId) return null
  try {
    const fault = await checkPortFromHost(access, { host, port }, AbortSignal.timeout(LIMIT_MS))
    return { hostId: access.config.id, targetId: id, fault, at: Date.now() }
  } catch {
    return null
  }
}
