// Polls every target at its interval and dispatches its answers. A target that hangs delays only itself.

import type { ClusterConfig } from '../../config/config.ts'
import type { OnDemandQuery, SessionOnDatabase } from '../../model/measured/on-demand.ts'
import { ownHostProbe } from '../../probes/host/index.ts'
import type { Store } from '../../state/store.ts'
import type { SshOpener } from '../hosts/host-connections.ts'
import { AUDIT_LIMIT_MS } from './audit-poll.ts'
import {
  activeQueryTargets,
  type ClusterPoll,
  closeClusterPoll,
  createClusterPoll,
  pollRecorded,
  syncTargets,
} from './cluster-poll.ts'
import { createPolledTarget, type PolledTarget, type TargetPollOptions } from './polled-target.ts'
import { checkPortsFromHosts } from './remote-port-checks.ts'

export interface Poller {
  /**
   * Runs one round over all targets, with these queries if given. Resolves when each has answered, failed or timed out.
   */
  once(queries?: readonly OnDemandQuery[]): Promise<void>
  /** Runs rounds until stopped. */
  start(): void
  /** Starts a round now, regardless of schedule and back-off. */
  pollNow(): void
  /**
   * Reads databases and servers of one cluster, with these queries if given. Resolves when each reading that started
   * after this call has ended, also with a failure.
   */
  refresh(cluster: string, queries?: readonly OnDemandQuery[]): Promise<void>
  /** Stops rounds until `start`. Sessions stay open. */
  pause(): void
  setIntervalMs(intervalMs: number): void
  /**
   * Sets the queries of the open view in that cluster. They run at once and in each round. `opened` is the session whose
   * whole statement is read.
   */
  setActiveQueries(cluster: string | null, ids: readonly OnDemandQuery[], opened?: SessionOnDatabase | null): void
  /** Whether the audits of the application servers are read now and every few seconds: their view is open. */
  setAuditsRead(on: boolean): void
  /** Reads them once. Resolves when each has answered, failed or timed out. */
  readAudits(): Promise<void>
  /** Adds targets that joined a cluster (discovery), and removes those that left. */
  update(cluster: ClusterConfig): void
  /** Ends all rounds and closes all sessions. */
  stop(): Promise<void>
}

export interface PollerOptions {
  readonly store: Store
  readonly clusters: readonly ClusterConfig[]
  /** Overrides the interval of each cluster. */
  readonly intervalMs?: number | undefined
  /** Also polls this host, configured hosts and backups; `status` leaves them out. */
  readonly withHost?: boolean
  /** Calls of `once` follow each other, as the rounds of `start` do: new connections are tested beside them too. */
  readonly isRepeated?: boolean
  /** For a recording: how often the queries of all views are asked too, in milliseconds, by the name of a cluster. */
  readonly recordsQueries?: ((cluster: string) => number) | undefined
  /** Opens an ssh connection to a destination. Default: the system's ssh with the user's own configuration. */
  readonly ssh?: SshOpener | undefined
}

/** Creates a poller of some clusters. Nothing runs before `once` or `start`. */
export function createPoller(options: PollerOptions): Poller {
  return new ClusterPoller(options)
}

class ClusterPoller implements Poller {
  private readonly clusterPolls: readonly ClusterPoll[]
  private readonly host: PolledTarget
  private chosenMs: number | undefined
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
    this.clusterPolls.forEach((clusterPoll, index) => {
      clusterPoll.isRunning = true
      clusterPoll.nextAt = performance.now() + phase(index, this.clusterPolls.length, this.intervalOf(clusterPoll))
      this.schedule(clusterPoll)
    })
  }

  pause(): void {
    for (const clusterPoll of this.clusterPolls) {
      clusterPoll.isRunning = false
      clearTimeout(clusterPoll.timer)
      for (const each of clusterPoll.newConnections.values()) each.pause()
    }
  }

  pollNow(): void {
    for (const clusterPoll of this.clusterPolls) void this.poll(clusterPoll, true)
  }

  async refresh(cluster: string, queries: readonly OnDemandQuery[] = []): Promise<void> {
    const rounds = this.clusterPolls.filter(({ config }) => config.spec.name === cluster)
    // A caller that acts on the result must not use the old readings.
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

  setActiveQueries(
    cluster: string | null,
    ids: readonly OnDemandQuery[],
    opened: SessionOnDatabase | null = null,
  ): void {
    for (const clusterPoll of this.clusterPolls) {
      const queries = clusterPoll.config.spec.name === cluster ? ids : []
      const isOpened = opened !== null && !isSameSession(opened, clusterPoll.opened)
      clusterPoll.opened = queries.length > 0 ? opened : null
      if (sameIds(queries, clusterPoll.activeQueries) && !isOpened) continue
      clusterPoll.activeQueries = queries
      const limits = { ...this.limits(clusterPoll, true), ...(isOpened ? { anew: true } : {}) }
      if (clusterPoll.isRunning) for (const target of activeQueryTargets(clusterPoll)) void target.poll(limits)
    }
  }

  setAuditsRead(on: boolean): void {
    for (const clusterPoll of this.clusterPolls) {
      const isNew = on && !clusterPoll.readsAudits
      clusterPoll.readsAudits = on
      if (isNew && clusterPoll.isRunning) void this.readAuditsOf(clusterPoll)
    }
  }

  async readAudits(): Promise<void> {
    await Promise.all(this.clusterPolls.map((each) => this.readAuditsOf(each)))
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

  private async readAuditsOf(clusterPoll: ClusterPoll): Promise<void> {
    await Promise.all(pollAudits(clusterPoll, this.limits(clusterPoll, true)))
  }

  private async poll(clusterPoll: ClusterPoll, force: boolean): Promise<void> {
    const { store, withHost } = this.options
    const limits = this.limits(clusterPoll, force)
    const startedAt = performance.now()
    const targets = [...clusterPoll.targets.values(), ...activeQueryTargets(clusterPoll)]
    if (withHost && clusterPoll === this.clusterPolls[0]) targets.push(this.host)
    const hosts = withHost ? pollHosts(clusterPoll, limits) : []
    // Beside the round, whose duration counts only databases and servers.
    const entryPoints = clusterPoll.entryPoints.map((each) => each.poll(limits))
    const everyMs = this.options.recordsQueries?.(clusterPoll.config.spec.name)
    const recorded = everyMs === undefined ? [] : pollRecorded(clusterPoll, { ...limits, force: false }, everyMs)
    await this.pollInTurns(targets, limits)
    store.dispatch({
      type: 'poll-ended',
      cluster: clusterPoll.config.spec.name,
      tookMs: performance.now() - startedAt,
    })
    if (withHost) void checkPortsFromHosts(store, clusterPoll)
    const tests = clusterPoll.isRunning || this.options.isRepeated ? testNewConnections(clusterPoll, limits) : []
    const audits = clusterPoll.readsAudits ? pollAudits(clusterPoll, limits) : []
    await Promise.all([
      ...hosts,
      ...entryPoints,
      ...recorded,
      ...tests,
      ...audits,
      ...askManagers(clusterPoll, limits),
      ...readHistories(clusterPoll, limits),
    ])
  }

  /** Sending many statements in one go would delay keys and answers until the last is sent. */
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
    if (!clusterPoll.isRunning) return
    const run = () => {
      // From the planned time, not from now, so that polls do not drift. After a suspension of the process, from now.
      clusterPoll.nextAt = Math.max(clusterPoll.nextAt + this.intervalOf(clusterPoll), performance.now())
      this.schedule(clusterPoll)
      void this.poll(clusterPoll, false)
    }
    clusterPoll.timer = setTimeout(run, Math.max(0, clusterPoll.nextAt - performance.now()))
  }
}

function isSameSession(one: SessionOnDatabase, other: SessionOnDatabase | null): boolean {
  return one.database === other?.database && one.pid === other.pid
}

const AT_ONCE = 8

/** Spreads the clusters over an interval, so that their answers do not all arrive at once. */
function phase(index: number, count: number, intervalMs: number): number {
  return index === 0 ? 0 : ((index + Math.random() * 0.5) / count) * Math.min(intervalMs, 1_000)
}

function pollAudits({ audits }: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  return [...audits.values()].flat().map((target) => target.poll({ ...limits, timeoutMs: AUDIT_LIMIT_MS }))
}

/** After the databases, whose readings show whether there is a manager. */
function askManagers(clusterPoll: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  return [...clusterPoll.managers.values(), ...clusterPoll.managerSources].map((manager) => manager.poll(limits))
}

/** Beside the session that is open. A round that is asked for only once opens that session, which shows the same. */
function testNewConnections({ newConnections }: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  return [...newConnections.values()].map((each) => each.poll(limits))
}

/** After the databases, whose readings show their timelines. A cluster of one database has nothing to compare. */
function readHistories(clusterPoll: ClusterPoll, limits: TargetPollOptions): readonly Promise<void>[] {
  if (clusterPoll.histories.size < 2) return []
  return [...clusterPoll.histories.values()].map((history) => history.poll(limits))
}

/** A host may take longer than a database: programs start there, and the first ssh connection takes time. */
const HOST_LIMIT_MS = 4_000

/** Runs beside the round, whose duration counts only databases and servers. */
function pollHosts(clusterPoll: ClusterPoll, { timeoutMs, intervalMs }: { timeoutMs: number; intervalMs: number }) {
  const limits = { timeoutMs: Math.max(timeoutMs, HOST_LIMIT_MS), intervalMs }
  return [...clusterPoll.hosts, ...clusterPoll.backups.values()].map((target) => target.poll(limits))
}

function sameIds(one: readonly OnDemandQuery[], other: readonly OnDemandQuery[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index])
}
