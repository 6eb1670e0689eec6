// Actions of a session: one executor for each cluster, opened with the first action. The outcome of the screen's
// actions is dispatched.

import type { ClusterConfig } from '../../config/config.ts'
import { currentUser } from '../../io/process/current-user.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ConfirmationAnswer, StepDecision, StepQuestion } from '../../model/runs/confirmation.ts'
import type { Run } from '../../model/runs/run.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { Poller } from '../../runtime/polling/poller.ts'
import type { Executor, ExecutorOptions } from '../../runtime/runs/executor.ts'
import type { ClusterAccessOptions } from '../../runtime/runs/tools/cluster-access.ts'
import type { RequestedAction } from '../../state/action-state.ts'
import type { ActionController } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'

/** The user's channel: notices and questions. */
export type ExecutorListeners = Pick<ExecutorOptions, 'onRunChanged' | 'decide' | 'isInteractive'>

export interface OpenExecutorOptions extends ExecutorListeners {
  readonly store: Store
  readonly poller: Poller
  /** The cluster as known now. */
  readonly config: () => ClusterConfig | undefined
  readonly rename: ClusterAccessOptions['rename']
  readonly readRecords: ClusterAccessOptions['readRecords']
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--read-only` was given. */
  readonly readOnly: boolean
}

/**
 * The executor of one cluster of a session, for this user and this process. Its code is loaded only for an action.
 * `others` replace the usual parts: tests count lines of the journal this way.
 */
export async function openExecutor(
  options: OpenExecutorOptions,
  others: Partial<ExecutorOptions> = {},
): Promise<Executor> {
  const { store, poller, rename, readRecords, env, readOnly, onRunChanged, decide, isInteractive } = options
  const config = () => {
    const known = options.config()
    if (!known) throw new Error('the cluster is no longer watched')
    return known
  }
  const [{ createExecutor }, { clusterAccess }] = await Promise.all([
    import('../../runtime/runs/executor.ts'),
    import('../../runtime/runs/tools/cluster-access.ts'),
  ])
  return createExecutor({
    clusterAccess: clusterAccess({ store, poller, config, rename, readRecords }),
    folder: stateFolder(env),
    principal: currentUser(env),
    env,
    readOnly: whyReadOnly(readOnly, config()),
    onRunChanged,
    decide,
    isInteractive,
    noted: (entries) => store.dispatch({ type: 'audit-written', entries }),
    ...others,
  })
}

function whyReadOnly(flag: boolean, { spec }: ClusterConfig): string | null {
  if (flag) return 'read-only: pgdeck was started with --read-only'
  return spec.readOnly ? `read-only: the config has "readOnly" for the cluster ${spec.name}` : null
}

export interface SessionActionsOptions {
  readonly store: Store
  readonly executor: (cluster: string, listeners: ExecutorListeners) => Promise<Executor>
}

/** The actions of a session with a screen. */
export function sessionActions(options: SessionActionsOptions): ActionController {
  return new SessionActions(options)
}

class SessionActions implements ActionController {
  readonly #options: SessionActionsOptions
  readonly #executors = new Map<string, Promise<Executor>>()
  #running: Executor | null = null
  #answer: ((decision: StepDecision) => void) | null = null

  constructor(options: SessionActionsOptions) {
    this.#options = options
  }

  plan(asked: RequestedAction): void {
    const { store } = this.#options
    store.dispatch({ type: 'action-planning', asked })
    const { cluster, action, target, input, overrides } = asked
    this.#executorOf(cluster)
      .then((executor) => executor.propose({ action, target, input }, overrides))
      .then(
        (run) => store.dispatch({ type: 'action-planned', asked, run }),
        (error: unknown) => store.dispatch({ type: 'action-refused', asked, ...wordsOf(error) }),
      )
  }

  start(run: Run, asked: RequestedAction, answer: ConfirmationAnswer): void {
    const how = answer.kind === 'typed' ? `typing ${answer.text}` : answer.kind === 'yes' ? 'y' : 'enter'
    void this.#run(asked, (executor) => executor.start(run, { answer, givenBy: how, skips: {} }))
  }

  resume(cluster: string, id: string): void {
    const asked: RequestedAction = { cluster, action: 'resume', target: null, input: { run: id }, overrides: {} }
    void this.#run(asked, (executor) => executor.resume(id, { skips: {} }))
  }

  decide(decision: StepDecision): void {
    const answer = this.#answer
    this.#answer = null
    answer?.(decision)
  }

  confirmManualStep(): void {
    this.#running?.markManualDone()
  }

  skipManualStep(step: string, reason: string): void {
    this.#running?.skipManualStep(step, reason)
  }

  stop(): void {
    this.#running?.stop()
    this.#options.store.dispatch({ type: 'action-stopping' })
  }

  async #run(asked: RequestedAction, begin: (executor: Executor) => Promise<Run>): Promise<void> {
    const { store } = this.#options
    try {
      this.#running = await this.#executorOf(asked.cluster)
      const run = await begin(this.#running)
      store.dispatch({ type: 'action-ran', run, ended: true })
    } catch (error) {
      store.dispatch({ type: 'action-refused', asked, ...wordsOf(error) })
    } finally {
      this.#running = null
    }
  }

  #executorOf(cluster: string): Promise<Executor> {
    const { store, executor } = this.#options
    const known = this.#executors.get(cluster)
    if (known) return known
    const opened = executor(cluster, {
      isInteractive: true,
      onRunChanged: (run) => store.dispatch({ type: 'action-ran', run, ended: false }),
      decide: (question) => this.#ask(question),
    })
    this.#executors.set(cluster, opened)
    return opened
  }

  #ask(question: StepQuestion): Promise<StepDecision> {
    const { store } = this.#options
    store.dispatch({ type: 'action-question', question })
    return new Promise((resolve) => {
      this.#answer = (decision) => {
        store.dispatch({ type: 'action-question', question: null })
        resolve(decision)
      }
    })
  }
}

function wordsOf(error: unknown): { why: string; hint: string | null } {
  if (error instanceof ActionError) return { why: error.message, hint: error.hint }
  return { why: messageOf(error), hint: null }
}
