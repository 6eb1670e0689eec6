// The parts of watching: a store, the engines around it, and their orderly end. The screen and the commands share it.

import type { ClusterConfig, Config, DatabaseConfig, HostConfig } from '../../config/config.ts'
import { writeNewFile } from '../../io/files/exclusive-file.ts'
import { NO_PROGRAM_LOG, type ProgramLog } from '../../io/files/program-log.ts'
import { currentUser } from '../../io/process/current-user.ts'
import { folderOfNewFiles } from '../../io/process/working-folder.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import type { OnDemandQuery } from '../../model/measured/on-demand.ts'
import type { DiagnosisService, DiagnosisServiceOptions } from '../../runtime/diagnosis/diagnosis-service.ts'
import { createLogCollector, type LogCollector } from '../../runtime/log-collection/log-collector.ts'
import { createPoller, type Poller } from '../../runtime/polling/poller.ts'
import { recordedQueryInterval } from '../../runtime/recording/query-interval.ts'
import type { Recorder } from '../../runtime/recording/recorder.ts'
import type { Executor } from '../../runtime/runs/executor.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import type { Controller, DemoFault, RecordedStep } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'
import { UsageError } from '../invocation/exit-codes.ts'
import { configEditor } from './edit-config.ts'
import { startHeartbeat } from './heartbeat.ts'
import { listenedStore, startRecorder } from './listened-store.ts'
import { createPersistence, type Persistence } from './persistence.ts'
import { psqlProgram } from './psql.ts'
import { type LazyPlayer, lazyPlayer } from './recorded-time.ts'
import { type ExecutorListeners, openExecutor, sessionActions } from './session-actions.ts'

export interface WatchSessionOptions {
  readonly config: Config
  /** Only the cluster of this name. */
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Read the load of this host too: the screen shows it. */
  readonly withHost?: boolean
  /** More rounds follow the first one. */
  readonly isRepeated?: boolean
  /** Keep moments to step back to, for a screen. */
  readonly records?: boolean
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
  /** Records from `run` on. */
  readonly recorder?: Recorder | undefined
}

export interface WatchSession {
  readonly store: Store
  /**
   * Runs one round of polls, with on-demand queries if given. Resolves once every target has answered, failed or timed
   * out, and facts are derived.
   */
  pollOnce(queries?: readonly OnDemandQuery[]): Promise<void>
  /** Reads the audits of the application servers once. Resolves once each source has answered, failed or timed out. */
  readAudits(): Promise<void>
  /** Polls at the interval until `close`. */
  run(): void
  /** Takes up discovered nodes. */
  adopt(cluster: ClusterConfig): void
  /** The only way to change a cluster. Its code is loaded for the first action. */
  executor(cluster: string, listeners: ExecutorListeners): Promise<Executor>
  /** The requests of the screen. */
  controller(ends: Pick<Controller, 'quit' | 'interrupt'>, faults?: readonly DemoFault[]): Controller
  /** Shows a moment of the recordings. Resolves to null, or to why there is none. */
  showRecorded(step: RecordedStep): Promise<string | null>
  /** Stops the engines, closes sessions, writes what is to be kept. */
  close(): Promise<void>
}

/** Opens the parts that watching the clusters of a config needs. Nothing is asked before `pollOnce` or `run`. */
export function openWatchSession(options: WatchSessionOptions): WatchSession {
  const clusters = chosen(options.config, options.clusterName)
  const env = options.env ?? process.env
  const { intervalMs, readOnly, records, trace, recorder, log = NO_PROGRAM_LOG } = options
  const specs = clusters.map((cluster) => cluster.spec)
  const { ui, file: configFile } = options.config
  const initial = { clusters: specs, now: Date.now(), intervalMs, readOnly, keys: ui.keys, records }
  const store = listenedStore(initial, trace, recorder)
  const poller = openPoller(options, store, clusters)
  const persistence = createPersistence({ store, rules: options.config.notify, env, log })
  let stopHeartbeat = () => {}
  let known = clusters
  const folder = stateFolder(env)
  const { executor, letUsersGo } = openExecutors((cluster, listeners) => {
    const config = () => known.find(({ spec }) => spec.name === cluster)
    const { rename, readRecords } = persistence
    return openExecutor({ store, poller, config, rename, readRecords, env, readOnly: readOnly ?? false, ...listeners })
  })
  const watched = { store, clusters: () => known }
  const logCollector = openLogCollector(watched, folder, env)
  const diagnosisService = lazyDiagnosisService(watched)
  const player = lazyPlayer({ store, stateFolder: folder, clusters: specs.map(({ name }) => name) })
  const parts = { ...watched, poller, persistence, logCollector, diagnosisService, player, executor, env }
  const controller = () => sessionController({ ...parts, configFile })

  return {
    store,
    async pollOnce(queries) {
      await poller.once(queries)
      store.flush()
    },
    readAudits: () => poller.readAudits(),
    run() {
      if (recorder) startRecorder(recorder, store)
      poller.start()
      persistence.start()
      stopHeartbeat = startHeartbeat(store)
      void tellCutOff(store, folder)
      if (records) player.announce()
    },
    adopt(cluster) {
      known = known.map((each) => (each.spec.name === cluster.spec.name ? cluster : each))
      store.dispatch({ type: 'spec-changed', cluster: cluster.spec.name, spec: cluster.spec })
      poller.update(cluster)
      poller.pollNow()
    },
    executor,
    showRecorded: player.show,
    controller: (ends, faults = []) => ({ ...controller(), faults, ...ends }),
    async close() {
      await letUsersGo()
      stopHeartbeat()
      // Events about the end of polling are no part of the trace.
      const others = [trace, recorder, player, logCollector, diagnosisService, persistence]
      await Promise.all([...others.map((each) => each?.close()), poller.stop()])
    },
  }
}

/** Remembers the executors of a session: whoever waits because of a run must not wait for the next pgdeck. */
function openExecutors(open: WatchSession['executor']) {
  const executors: Executor[] = []
  return {
    async executor(cluster: string, listeners: ExecutorListeners): Promise<Executor> {
      const opened = await open(cluster, listeners)
      executors.push(opened)
      return opened
    },
    letUsersGo: async () => void (await Promise.all(executors.map((each) => each.letUsersGo()))),
  }
}

/** The poller of these clusters; for a recording it asks what views ask, too. */
function openPoller(
  { intervalMs, withHost = false, isRepeated = false, recorder }: WatchSessionOptions,
  store: Store,
  clusters: readonly ClusterConfig[],
): Poller {
  const recordsQueries = (cluster: string) => recordedQueryInterval(store.latest(), cluster)
  return createPoller({ store, clusters, intervalMs, withHost, isRepeated, ...(recorder ? { recordsQueries } : {}) })
}

/** Takes up nodes that join the clusters of a session, until the signal. */
export async function adoptDiscoveredNodes(
  { store, adopt }: WatchSession,
  { clusters }: Config,
  signal: AbortSignal,
): Promise<void> {
  const { runDiscoveryLoop } = await import('../../runtime/discovery/discovery-loop.ts')
  await runDiscoveryLoop({ store, adopt, clusters, signal })
}

/** Collects logs into pgdeck's working directory. */
function openLogCollector(
  { store, clusters }: DiagnosisServiceOptions,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): LogCollector {
  return createLogCollector({
    state: store.latest,
    clusters,
    folder,
    who: currentUser(env),
    target: folderOfNewFiles(),
  })
}

/** Diagnoses. Their code is loaded for the first one. */
function lazyDiagnosisService(options: DiagnosisServiceOptions): DiagnosisService {
  let loaded: Promise<DiagnosisService> | null = null
  return {
    begin(cluster, id) {
      loaded ??= import('../../runtime/diagnosis/diagnosis-service.ts').then(({ createDiagnosisService }) =>
        createDiagnosisService(options),
      )
      void loaded.then((diagnosisService) => diagnosisService.begin(cluster, id))
    },
    close: async () => (await loaded)?.close(),
  }
}

/** Offers interrupted runs. `pgdeck runs` reports an unreadable one. */
async function tellCutOff(store: Store, folder: string): Promise<void> {
  const { interruptedRuns } = await import('../../runtime/runs/log/run-store.ts')
  const found = await interruptedRuns(folder).catch(() => [])
  const runs = found.map(({ id, plan }) => ({ cluster: plan.cluster, id, title: plan.title }))
  if (runs.length === 0) return
  store.dispatch({ type: 'interrupted-runs-found', runs })
  const [first] = runs
  const text = `a run was interrupted: ${first?.title} of ${first?.cluster}; a resumes it`
  store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
}

function chosen(config: Config, name: string | undefined): readonly ClusterConfig[] {
  if (name === undefined) return config.clusters
  const found = config.clusters.filter((cluster) => cluster.spec.name === name)
  if (found.length > 0) return found
  const names = config.clusters.map((cluster) => cluster.spec.name).join(', ')
  throw new UsageError(`--cluster ${name}: there is no such cluster; the config has ${names}`)
}

interface ControllerParts {
  readonly store: Store
  readonly poller: Poller
  readonly persistence: Persistence
  readonly logCollector: { readonly collect: Controller['collectLogs'] }
  readonly diagnosisService: { readonly begin: Controller['diagnose'] }
  readonly player: LazyPlayer
  readonly executor: (cluster: string, listeners: ExecutorListeners) => Promise<Executor>
  /** The clusters as known now. */
  readonly clusters: () => readonly ClusterConfig[]
  /** Path of the configuration; null without one. */
  readonly configFile: string | null
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Everything but the ends and the faults of the demo. */
function sessionController(parts: ControllerParts): Omit<Controller, 'quit' | 'interrupt' | 'faults'> {
  const { store, poller, persistence, logCollector, diagnosisService, executor, clusters, configFile, env } = parts
  const { player } = parts
  return {
    actions: sessionActions({ store, executor }),
    pollNow: () => poller.pollNow(),
    setInterval(intervalMs) {
      poller.setIntervalMs(intervalMs)
      store.dispatch({ type: 'interval-set', intervalMs })
    },
    setActiveQueries: (cluster, ids, opened) => poller.setActiveQueries(cluster, ids, opened),
    setPaused(paused) {
      store.dispatch({ type: 'pause-set', paused })
      if (paused) poller.pause()
      else poller.start()
    },
    rename: persistence.rename,
    silence: persistence.silence,
    unsilence: persistence.unsilence,
    followTrail(on) {
      persistence.followTrail(on)
      poller.setAuditsRead(on)
    },
    collectLogs: logCollector.collect,
    diagnose: diagnosisService.begin,
    psql: (cluster, id) => psqlProgram(databaseOf(clusters(), cluster, id), env, hostsOf(clusters(), cluster)),
    edit: () => configEditor(configFile, env),
    showRecorded: (step) => void player.show(step),
    save: (name, text) => writeNewFile(folderOfNewFiles(), name, text),
  }
}

function databaseOf(clusters: readonly ClusterConfig[], cluster: string, id: string): DatabaseConfig | undefined {
  const { databases = [] } = clusters.find(({ spec }) => spec.name === cluster) ?? {}
  return databases.find(({ spec }) => spec.id === id)
}

function hostsOf(clusters: readonly ClusterConfig[], cluster: string): readonly HostConfig[] {
  return clusters.find(({ spec }) => spec.name === cluster)?.hosts ?? []
}
