// What the screen may ask of a session: each request handed to the engine that can do it.

import type { ClusterConfig, DatabaseConfig, HostConfig } from '../../config/config.ts'
import { writeNewFile } from '../../io/files/exclusive-file.ts'
import type { Poller } from '../../runtime/polling/poller.ts'
import type { Executor } from '../../runtime/runs/executor.ts'
import type { Controller } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'
import { configEditor } from './edit-config.ts'
import type { ExecutorListeners } from './executor.ts'
import type { Persistence } from './persistence.ts'
import { psqlProgram } from './psql.ts'
import { sessionActions } from './session-actions.ts'

export interface SessionControllerParts {
  readonly store: Store
  readonly poller: Poller
  readonly persistence: Persistence
  readonly logCollector: { readonly collect: Controller['collectLogs'] }
  readonly diagnosisService: { readonly begin: Controller['diagnose'] }
  readonly executor: (cluster: string, listeners: ExecutorListeners) => Promise<Executor>
  /** The clusters as they are known now. */
  readonly clusters: () => readonly ClusterConfig[]
  /** Path of the configuration; null without one. */
  readonly configFile: string | null
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Everything but the ways to end and the faults of the demo. */
export function sessionController(parts: SessionControllerParts): Omit<Controller, 'quit' | 'interrupt' | 'faults'> {
  const { store, poller, persistence, logCollector, diagnosisService, executor, clusters, configFile, env } = parts
  return {
    actions: sessionActions({ store, executor }),
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
    rename: persistence.rename,
    silence: persistence.silence,
    unsilence: persistence.unsilence,
    followTrail: persistence.followTrail,
    collectLogs: logCollector.collect,
    diagnose: diagnosisService.begin,
    psql: (cluster, id) => psqlProgram(databaseOf(clusters(), cluster, id), env, hostsOf(clusters(), cluster)),
    edit: () => configEditor(configFile, env),
    save: (name, text) => writeNewFile(process.cwd(), name, text),
  }
}

function databaseOf(clusters: readonly ClusterConfig[], cluster: string, id: string): DatabaseConfig | undefined {
  const { databases = [] } = clusters.find(({ spec }) => spec.name === cluster) ?? {}
  return databases.find(({ spec }) => spec.id === id)
}

function hostsOf(clusters: readonly ClusterConfig[], cluster: string): readonly HostConfig[] {
  return clusters.find(({ spec }) => spec.name === cluster)?.hosts ?? []
}
