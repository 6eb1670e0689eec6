// Asks every target at its pace and dispatches what it answers. A hung target holds only itself.

import type { ClusterConfig, DatabaseConfig, ServerConfig } from '../config/config.ts'
import { type DatabaseLink, openDatabase } from '../io/postgres.ts'
import { LOOK_IDS, type LookId, type Looks } from '../model/looks.ts'
import { LOOKS, pulse } from '../probes/database/index.ts'
import { vitals } from '../probes/host/index.ts'
import { answer, sessions } from '../probes/server/index.ts'
import type { LookOutcome } from '../state/event.ts'
import type { Store } from '../state/store.ts'
import { type Tracked, track } from './target.ts'

export interface Poller {
  /** One round over every target; resolves when each has answered, failed or passed its limit. */
  once(): Promise<void>
  /** Rounds until stopped. */
  start(): void
  /** A round now, whatever the schedule and back-off. */
  pollNow(): void
  /** No more rounds until `start`; sessions stay open. */
  pause(): void
  setIntervalMs(intervalMs: number): void
  /** What the open view looks at, in the cluster of that name; asked at once and with each round until it changes. */
  look(cluster: string | null, ids: readonly LookId[]): void
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
  /** The host's own load is read too; `status` leaves it out. */
  readonly withHost?: boolean
}

interface Round {
  config: ClusterConfig
  readonly links: Map<string, DatabaseLink>
  readonly targets: Map<string, Tracked>
  /** By database, then by look. */
  readonly looks: Map<string, ReadonlyMap<LookId, Tracked>>
  looked: readonly LookId[]
  timer: NodeJS.Timeout | undefined
  nextAt: number
}

/** A poller over some clusters. Nothing runs before `once` or `start`. */
export function createPoller(options: PollerOptions): Poller {
  const { store } = options
  const rounds = options.clusters.map((config) => newRound(store, config))
  const host = track({
    what: 'this host',
    read: (signal) => vitals.read({}, signal),
    told: (outcome) => store.dispatch({ type: 'host-probed', at: Date.now(), outcome }),
  })
  let chosenMs = options.intervalMs
  let running = false

  const intervalOf = (round: Round) => chosenMs ?? round.config.spec.intervalMs
  const poll = async (round: Round, force: boolean) => {
    const { timeoutMs, name } = round.config.spec
    const limits = { timeoutMs, intervalMs: intervalOf(round), force }
    const startedAt = performance.now()
    const targets = [...round.targets.values(), ...lookedAt(round)]
    if (options.withHost && round === rounds[0]) targets.push(host)
    await Promise.all(targets.map((target) => target.poll(limits)))
    store.dispatch({ type: 'round-ended', cluster: name, tookMs: performance.now() - startedAt })
  }
  const schedule = (round: Round) => {
    clearTimeout(round.timer)
    if (!running) return
    round.timer = setTimeout(
      () => {
        // From the planned instant, not from now: polls do not drift. After a pause of the process, from now.
        round.nextAt = Math.max(round.nextAt + intervalOf(round), performance.now())
        schedule(round)
        void poll(round, false)
      },
      Math.max(0, round.nextAt - performance.now()),
    )
  }
  return {
    once: async () => void (await Promise.all(rounds.map((round) => poll(round, true)))),
    start() {
      running = true
      rounds.forEach((round, index) => {
        round.nextAt = performance.now() + phase(index, rounds.length, intervalOf(round))
        schedule(round)
      })
    },
    pause() {
      running = false
      for (const round of rounds) clearTimeout(round.timer)
    },
    pollNow: () => rounds.forEach((round) => void poll(round, true)),
    setIntervalMs(intervalMs) {
      chosenMs = intervalMs
      for (const round of rounds) {
        round.nextAt = performance.now()
        schedule(round)
      }
    },
    look(cluster, ids) {
      for (const round of rounds) {
        const looked = round.config.spec.name === cluster ? ids : []
        if (sameIds(looked, round.looked)) continue
        round.looked = looked
        const limits = { timeoutMs: round.config.spec.timeoutMs, intervalMs: intervalOf(round), force: true }
        if (running) for (const target of lookedAt(round)) void target.poll(limits)
      }
    },
    update(config) {
      const round = rounds.find((candidate) => candidate.config.spec.name === config.spec.name)
      if (round) takeUp(store, round, config)
    },
    async stop() {
      running = false
      for (const round of rounds) clearTimeout(round.timer)
      await Promise.all(rounds.flatMap((round) => [...round.links.values()]).map((link) => link.close()))
    },
  }
}

/** Clusters take turns within an interval, so that many of them do not all answer in the same instant. */
function phase(index: number, count: number, intervalMs: number): number {
  return index === 0 ? 0 : ((index + Math.random() * 0.5) / count) * Math.min(intervalMs, 1_000)
}

function lookedAt(round: Round): readonly Tracked[] {
  return [...round.looks.values()].flatMap((looks) => round.looked.flatMap((id) => looks.get(id) ?? []))
}

function sameIds(one: readonly LookId[], other: readonly LookId[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index])
}

function newRound(store: Store, config: ClusterConfig): Round {
  const round: Round = {
    config,
    links: new Map(),
    targets: new Map(),
    looks: new Map(),
    looked: [],
    timer: undefined,
    nextAt: 0,
  }
  takeUp(store, round, config)
  return round
}

function takeUp(store: Store, round: Round, config: ClusterConfig): void {
  round.config = config
  for (const database of config.databases) {
    if (!round.links.has(database.spec.id)) addDatabase(store, round, database)
  }
  for (const server of config.servers) {
    if (!round.targets.has(`server ${server.spec.id}`)) addServer(store, round, server)
  }
  const wanted = new Set(config.databases.map((database) => database.spec.id))
  for (const [id, link] of round.links) {
    if (wanted.has(id)) continue
    round.links.delete(id)
    round.targets.delete(`database ${id}`)
    round.looks.delete(id)
    void link.close()
  }
}

function addDatabase(store: Store, round: Round, config: DatabaseConfig): void {
  const { id, host, port } = config.spec
  const { name, timeoutMs } = round.config.spec
  const link = openDatabase({ connection: config.connection, passwordCommand: config.passwordCommand, timeoutMs })
  round.links.set(id, link)
  const target = track({
    what: `${id} (${host}:${port})`,
    read: (signal) => pulse.read({ link }, signal),
    told: (outcome) => store.dispatch({ type: 'database-probed', cluster: name, id, at: Date.now(), outcome }),
  })
  round.targets.set(`database ${id}`, target)
  round.looks.set(id, new Map(LOOK_IDS.map((look) => [look, lookAt(look, link, config, name, store)])))
}

function lookAt<Id extends LookId>(
  look: Id,
  link: DatabaseLink,
  { spec: { id, host, port } }: DatabaseConfig,
  cluster: string,
  store: Store,
): Tracked {
  const { every } = LOOKS[look]
  return track<Looks[Id]>({
    ...(every === 'interval' ? {} : { everyMs: every.ms }),
    what: `${look} of ${id} (${host}:${port})`,
    read: (signal) => LOOKS[look].read({ link }, signal),
    told: (outcome) =>
      store.dispatch({ type: 'looked', cluster, id, at: Date.now(), look: { id: look, outcome } as LookOutcome }),
  })
}

function addServer(store: Store, round: Round, server: ServerConfig): void {
  const { id, url, databaseId } = server.spec
  const cluster = round.config
  const links = () => ({ server, cluster, database: databaseId ? (round.links.get(databaseId) ?? null) : null })
  const about = { cluster: cluster.spec.name, id }
  const target = track({
    what: `${id} (${url})`,
    read: (signal) => answer.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'server-probed', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`server ${id}`, target)
  if (!server.sessions) return
  const counted = track({
    what: `the sessions of ${id}`,
    read: (signal) => sessions.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'sessions-counted', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`sessions ${id}`, counted)
}
