// What watching takes: a store, the engines around it, and their orderly end. Shared by the screen and the commands.

import type { ClusterConfig, Config, DatabaseConfig } from '../config/config.ts'
import { type Log, NO_LOG } from '../io/log.ts'
import { writeNew } from '../io/new-file.ts'
import { createPoller } from '../runtime/poller.ts'
import type { DemoFault, Engine } from '../state/engine.ts'
import { startState } from '../state/start.ts'
import { createStore, type Store } from '../state/store.ts'
import { createBookkeeping } from './bookkeeping.ts'
import { psqlOn } from './psql.ts'
import { UsageError } from './usage.ts'

export interface SessionOptions {
  readonly config: Config
  /** Only the cluster of this name. */
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Read the load of this host too: the screen shows it. */
  readonly withHost?: boolean
  /** Keep moments to step back to: somebody looks. */
  readonly records?: boolean
  readonly log?: Log | undefined
}

export interface Session {
  readonly store: Store
  /** One round of polls; resolves when every target has answered, failed or passed its limit, and facts are derived. */
  once(): Promise<void>
  /** Polls at the interval until `close`. */
  run(): void
  /** Takes up nodes that discovery found. */
  adopt(cluster: ClusterConfig): void
  /** What the screen may ask for. */
  engine(ends: Pick<Engine, 'quit' | 'interrupt'>, faults?: readonly DemoFault[]): Engine
  /** Stops the engines, closes sessions, keeps what is to be kept. */
  close(): Promise<void>
}

/** Opens what is needed to watch the clusters of a config. Nothing is asked before `once` or `run`. */
export function openSession(options: SessionOptions): Session {
  const clusters = chosen(options.config, options.clusterName)
  const env = options.env ?? process.env
  const { intervalMs, readOnly, records } = options
  const specs = clusters.map((cluster) => cluster.spec)
  const store = createStore(startState({ clusters: specs, now: Date.now(), intervalMs, readOnly, records }))
  const poller = createPoller({ store, clusters, intervalMs, withHost: options.withHost ?? false })
  const { log = NO_LOG } = options
  const books = createBookkeeping({ store, rules: options.config.notify, env, log })
  let heart: NodeJS.Timeout | undefined
  let known = clusters

  return {
    store,
    async once() {
      await poller.once()
      store.flush()
    },
    run() {
      poller.start()
      books.start()
      heart = setInterval(() => beat(store), 500)
    },
    adopt(cluster) {
      known = known.map((each) => (each.spec.name === cluster.spec.name ? cluster : each))
      store.dispatch({ type: 'spec-changed', cluster: cluster.spec.name, spec: cluster.spec })
      poller.update(cluster)
      poller.pollNow()
    },
    engine: (ends, faults = []) => ({
      pollNow: () => poller.pollNow(),
      setInterval(intervalMs) {
        poller.setIntervalMs(intervalMs)
        store.dispatch({ type: 'interval-set', intervalMs })
      },
      look: (cluster, ids) => poller.look(cluster, ids),
      setPaused(paused) {
        store.dispatch({ type: 'pause-set', paused })
        if (paused) poller.pause()
        else poller.start()
      },
      rename: books.rename,
      silence: books.silence,
      unsilence: books.unsilence,
      followTrail: books.followTrail,
      psql: (cluster, id) => psqlOn(databaseOf(known, cluster, id), env),
      save: (name, text) => writeNew(process.cwd(), name, text),
      faults,
      ...ends,
    }),
    async close() {
      clearInterval(heart)
      await Promise.all([poller.stop(), books.close()])
    },
  }
}

/**
 * Ages must go on while nothing answers, or a frozen screen would look true. While answers come, their own publishing
 * moves the clock, and this paints nothing.
 */
function beat(store: Store): void {
  const now = Date.now()
  const shown = store.published()
  if (now - shown.now >= Math.max(1_000, shown.paused ? 0 : shown.intervalMs + 250)) {
    store.dispatch({ type: 'assessed', at: now })
  }
}

function databaseOf(clusters: readonly ClusterConfig[], cluster: string, id: string): DatabaseConfig | undefined {
  const { databases = [] } = clusters.find(({ spec }) => spec.name === cluster) ?? {}
  return databases.find(({ spec }) => spec.id === id)
}

function chosen(config: Config, name: string | undefined): readonly ClusterConfig[] {
  if (name === undefined) return config.clusters
  const found = config.clusters.filter((cluster) => cluster.spec.name === name)
  if (found.length > 0) return found
  const names = config.clusters.map((cluster) => cluster.spec.name).join(', ')
  throw new UsageError(`--cluster ${name}: there is no such cluster; the config has ${names}`)
}
