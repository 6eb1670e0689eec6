// Asks every target at its pace and dispatches what it answers. A hung target holds only itself.

import type { ClusterConfig } from '../../config/config.ts'
import type { OnDemandQuery } from '../../model/measured/on-demand.ts'
import { ownHostProbe } from '../../probes/host/index.ts'
import type { Store } from '../../state/store.ts'
import type { SshOpener } from '../hosts/host-connections.ts'
import {
  activeQueryTargets,
  type ClusterPoll,
  closeClusterPoll,
  createClusterPoll,
  syncTargets,
} from './cluster-poll.ts'
import { createPolledTarget, type PolledTarget, type TargetPollOptions } from './polled-target.ts'
import { checkPortsFromHosts } from './remote-port-checks.ts'

export interface Poller {
  /** One round over every target and, where given, these queries; resolves when each has answered, failed or passed its limit. */
  once(queries?: readonly OnDemandQuery[]): Promise<void>
  /** Rounds until stopped. */
  start(): void
  /** A round now, whatever the schedule and back-off. */
  pollNow(): void
  /**
   * Reads databases and servers of one cluster and, where given, these queries; resolves when each reading began after this
   * call, or failed so.
   */
  refresh(cluster: string, queries?: readonly OnDemandQuery[]): Promise<void>
  /** No more rounds until `start`; sessions stay open. */
  pause(): void
  setIntervalMs(intervalMs: number): void
  /** What the open view needs, in the cluster of that name; asked at once and with each round until it changes. */
  setActiveQueries(cluster: string | null, ids: readonly OnDemandQuery[]): void
  /** Takes up targets that were added to a cluster (discovery) and lets go of those that went. */
  update(cluster: ClusterConfig): void
  /** Ends all rounds and closes every session. */
  stop(): Promise<void>
}

export interface PollerOptions {
  readonly store: Store
  readonly clusters: readonly ClusterConfig[]
  /** Overrides each cluster's own. */
  readonly intervalMs?: number | undefined
  /** This host, those of the config and backups are looked at too; `status` leaves them out. */
  readonly withHost?: boolean
  /** How a host is reached by its destination; default: the system's ssh with the user's own configuration. */
  readonly ssh?: SshOpener | undefined
}

/** A poller over some clusters. Nothing runs before `once` or `start`. */
export function createPoller(options: PollerOptions): Poller {
  return new ClusterPoller(options)
}

class ClusterPoller implements Poller {
  private readonly clusterPolls: readonly ClusterPoll[]
  private readonly host: PolledTarget
  private chosenMs: number | undefined
  private running = false
  private stopped = false
  private readonly options: PollerOptions

  constructor(options: PollerOptions) {
    const { store, clusters, ssh, intervalMs } = options
    this.options = options
    this.clusterPolls = clusters.map((config) => createClusterPoll(store, config, ssh))
    this.chosenMs = intervalMs
    this.host = createPolledTarget({
      description: 'this host',
      read: (signal) => ownHostProbe.read({}, signal),
      onResult: (outcome) => store.dispatch({ type: 'own-host-probed', at: Date.now(), outcome }),
    })
  }

  async once(queries?: readonly OnDemandQuery[]): Promise<void> {
    if (queries) for (const clusterPoll of this.clusterPolls) clusterPoll.activeQueries = queries
    await Promise.all(this.clusterPolls.map((clusterPoll) => this.poll(clusterPoll, true)))
  }

  start(): void {
    this.running = true
    this.clusterPolls.forEach((clusterPoll, index) => {
      clusterPoll.nextAt = performance.now() + phase(index, this.clusterPolls.length, this.intervalOf(clusterPoll))
      this.schedule(clusterPoll)
    })
  }

  pause(): void {
    this.running = false
    for (const clusterPoll of this.clusterPolls) clearTimeout(clusterPoll.timer)
  }

  pollNow(): void {
    for (const clusterPoll of this.clusterPolls) void this.poll(clusterPoll, true)
  }

  async refresh(cluster: string, queries: readonly OnDemandQuery[] = []): Promise<void> {
    const rounds = this.clusterPolls.filter(({ config }) => config.spec.name === cluster)
    // Whoever acts on it must not go on with what was read before.
    if (this.stopped || rounds.length === 0) throw new Error(`pgdeck no longer watches ${cluster}`)
    const polls = rounds.flatMap((clusterPoll) => {
      const limits = { ...this.limits(clusterPoll, true), anew: true }
      const looked = [...clusterPoll.onDemandTargets.values()].flatMap((each) =>
        queries.flatMap((id) => each.get(id) ?? []),
      )
      return [...clusterPoll.targets.values(), ...looked].map((target) => target.poll(limits))
    })
    await Promise.all(polls)
    await Promise.all(
      rounds.flatMap((clusterPoll) => {
        const limits = { ...this.limits(clusterPoll, true), anew: true }
        return [...askManagers(clusterPoll, limits), ...readHistories(clusterPoll, limits)]
      }),
    )
  }

  setIntervalMs(intervalMs: number): void {
    this.chosenMs = intervalMs
    for (const clusterPoll of this.clusterPolls) {
      clusterPoll.nextAt = performance.now()
      this.schedule(clusterPoll)
    }
  }

  setActiveQueries(cluster: string | null, ids: readonly OnDemandQuery[]): void {
    for (const clusterPoll of this.clusterPolls) {
      const queries = clusterPoll.config.spec.name === cluster ? ids : []
      if (sameIds(queries, clusterPoll.activeQueries)) continue
      clusterPoll.activeQueries = queries
      if (this.running)
        for (const target of activeQueryTargets(clusterPoll)) void target.poll(this.limits(clusterPoll, true))
    }
  }

  update(config: ClusterConfig): void {
    const clusterPoll = this.clusterPolls.find((candidate) => candidate.config.spec.name === config.spec.name)
    if (clusterPoll) syncTargets(this.options.store, clusterPoll, config)
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.pause()
    await Promise.all(this.clusterPolls.map(closeClusterPoll))
  }

  private intervalOf(clusterPoll: ClusterPoll): number {
    return this.chosenMs ?? clusterPoll.config.spec.intervalMs
  }

  private limits(clusterPoll: ClusterPoll, force: boolean) {
    return { timeoutMs: clusterPoll.config.spec.timeoutMs, intervalMs: this.intervalOf(clusterPoll), force }
  }

  private async poll(clusterPoll: ClusterPoll, force: boolean): Promise<void> {
    const { store, withHost } = this.options
    const limits = this.limits(clusterPoll, force)
    const startedAt = performance.now()
    const targets = [...clusterPoll.targets.values(), ...activeQueryTargets(clusterPoll)]
    if (withHost && clusterPoll === this.clusterPolls[0]) targets.push(this.host)
    const hosts = withHost ? pollHosts(clusterPoll, limits) : []
    await this.pollInTurns(targets, limits)
    store.dispatch({
      type: 'poll-ended',
      cluster: clusterPoll.config.spec.name,
      tookMs: performance.now() - startedAt,
    })
    if (withHost) void checkPortsFromHosts(store, clusterPoll)
    await Promise.all([...hosts, ...askManagers(clusterPoll, limits), ...readHistories(clusterPoll, limits)])
  }

  /** Many statements sent in one go would keep keys and answers waiting until the last is out. */
  private async pollInTurns(targets: readonly PolledTarget[], limits: TargetPollOptions): Promise<void> {
    const polls: Promise<void>[] = []
    for (const [index, target] of targets.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
      if (this.stopped) break
      polls.push(target.poll(limits))
    }
    await Promise.all(polls)
  }

  private schedule(clusterPoll: ClusterPoll): void {
    clearTimeout(clusterPoll.timer)
    if (!this.running) return
    const run = () => {
      // From the planned instant, not from now: polls do not drift. After a pause of the process, from now.
      clusterPoll.nextAt = Math.max(clusterPoll.nextAt + this.intervalOf(clusterPoll), performance.now())
      this.schedule(clusterPoll)
      void this.poll(clusterPoll, false)
    }
    clusterPoll.timer = setTimeout(run, Math.max(0, clusterPoll.nextAt - performance.now()))
  }
}

const AT_ONCE = 8

/** Clusters take turns within an interval, so that many of them do not all answer in the same instant. */
function phase(index: number, count: number, intervalMs: number): number {
  return index === 0 ? 0 : ((index + Math.random() * 0.5) / count) * Math.min(intervalMs, 1_000)
}

/** After the databases, which show whether there is one to ask. */
function askManagers(clusterPoll: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  return [...clusterPoll.managers.values()].map((manager) => manager.poll(limits))
}

/** After the databases, which show their timelines; of a cluster of one there is nothing to compare. */
function readHistories(clusterPoll: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  if (clusterPoll.histories.size < 2) return []
  return [...clusterPoll.histories.values()].map((history) => history.poll(limits))
}

/** A host may take longer than a database's answer may: programs are started there, and a first ssh takes its time. */
const HOST_LIMIT_MS = 4_000

/** Beside the round: how long a round took is told of databases and servers. */
function pollHosts(clusterPoll: ClusterPoll, { timeoutMs, intervalMs }: { timeoutMs: number; intervalMs: number }) {
  const limits = { timeoutMs: Math.max(timeoutMs, HOST_LIMIT_MS), intervalMs }
  return [...clusterPoll.hosts, ...clusterPoll.backups.values()].map((target) => target.poll(limits))
}

function sameIds(one: readonly OnDemandQuery[], other: readonly OnDemandQuery[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index])
}
