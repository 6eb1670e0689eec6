// An executor over real databases for tests: as `pgdeck do` has it, with a state folder of its own.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlanningView } from '../../src/actions/definition/action.ts'
import { openExecutor } from '../../src/cli/watching/session-actions.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { StepDecision, StepQuestion } from '../../src/model/runs/confirmation.ts'
import type { Run } from '../../src/model/runs/run.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import type { Executor, ExecutorOptions } from '../../src/runtime/runs/executor.ts'
import { clusterAccess } from '../../src/runtime/runs/tools/cluster-access.ts'
import { createActingPrimaryWatch } from '../../src/runtime/stores/acting-primary-watch.ts'
import { createPersistedStateStore } from '../../src/runtime/stores/persisted-state-store.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore, type Store } from '../../src/state/store.ts'

export interface ActingOptions {
  /** As in a config file. */
  readonly databases: readonly object[]
  readonly servers?: readonly object[]
  readonly hosts?: readonly object[]
  /** More of the cluster: profile, model, actions, readOnly. */
  readonly cluster?: object
  /** Answers in turn when a step did not work; then `stop`. */
  readonly decisions?: readonly StepDecision[]
  readonly present?: boolean
  /** A folder that outlives this one: to resume what another left. */
  readonly folder?: string
  readonly executor?: Partial<ExecutorOptions>
}

export interface Acting {
  readonly executor: Executor
  readonly store: Store
  /** The state folder. */
  readonly folder: string
  /** Path of the config file, for the command line. */
  readonly configFile: string
  /** The run after each line of its journal. */
  readonly seen: Run[]
  readonly questions: StepQuestion[]
  readonly env: Readonly<Record<string, string>>
  /** Proposes and starts with whatever confirmation is wanted; a blocked one stays as it is. */
  act(action: string, target: string | null, input?: Readonly<Record<string, string>>, words?: Words): Promise<Run>
  /** Reads everything anew. */
  look(): Promise<PlanningView>
  close(): Promise<void>
}

/** Reasons that a person gives beforehand: of checks that are overruled, of steps that are left out. */
export interface Words {
  readonly overrides?: Readonly<Record<string, string>>
  readonly skips?: Readonly<Record<string, string>>
}

/** Watches and acts on the given databases: `{name, dsn, …}` as the config takes them. */
export async function actingOn(options: ActingOptions): Promise<Acting> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'pgdeck-acting-'))
  chmodSync(folder, 0o700)
  const configFile = join(folder, 'config.json')
  const { databases, servers = [], hosts = [], cluster = {} } = options
  // A slow machine is to make nobody silent.
  const file = { clusters: [{ name: 'test', interval: '1s', timeout: '5s', databases, servers, hosts, ...cluster }] }
  writeFileSync(configFile, JSON.stringify(file), { mode: 0o600 })
  const env = { PGDECK_STATE_DIR: folder }
  const config = loadConfig({ path: configFile, env, cwd: folder })
  const [only] = config.clusters
  if (!only) throw new Error('the config has a cluster')
  const store = createStore(initialState({ clusters: [only.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [only] })
  const recorder = createPersistedStateStore({ store, folder })
  recorder.load()
  recorder.start()
  const seen: Run[] = []
  const questions: StepQuestion[] = []
  const decisions = [...(options.decisions ?? [])]
  const listeners = {
    onRunChanged: (run: Run) => void seen.push(run),
    decide: async (question: StepQuestion) => {
      questions.push(question)
      return decisions.shift() ?? ({ choice: 'stop' } as const)
    },
    isInteractive: options.present ?? false,
  }
  const { rename } = recorder
  const readRecords = createActingPrimaryWatch({ store, folder }).load
  const open = { store, poller, rename, readRecords, config: () => only, env, readOnly: false, ...listeners }
  const executor = await openExecutor(open, options.executor)
  const world = clusterAccess({ store, poller, rename, readRecords, config: () => only })
  await world.refresh()
  return {
    look: () => world.refresh(),
    executor,
    store,
    folder,
    configFile,
    seen,
    questions,
    env,
    async act(action, target, input = {}, { overrides = {}, skips = {} } = {}) {
      const run = await executor.propose({ action, target, input }, overrides)
      if (run.state === 'blocked') return run
      return executor.start(run, { answer: { kind: 'typed', text: run.plan.confirm }, givenBy: 'test', skips })
    },
    async close() {
      await recorder.close()
      await poller.stop()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
