// What the parts of an executor share: its options, the input of the operator, and how a run is loaded, refused and
// equipped.

import type { Action } from '../../actions/definition/action.ts'
import { ActionError, ReadOnlyError } from '../../model/runs/action-error.ts'
import type { Run } from '../../model/runs/run.ts'
import { messageOf } from '../../model/values/fault.ts'
import { actionsFor } from '../../profiles/actions.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { restoreCommands } from './log/configured-commands.ts'
import type { RunLogOptions } from './log/run-log.ts'
import { loadRun } from './log/run-store.ts'
import { actionNamed } from './planning/prepare-plan.ts'
import { auditRefusal } from './planning/run-preconditions.ts'
import { OperatorInputState } from './steps/operator-input.ts'
import type { PermittedServers } from './tools/action-sessions.ts'
import { openRunToolbox, type RunToolbox, type RunToolboxOptions } from './tools/run-toolbox.ts'

export class ExecutorContext {
  readonly options: ExecutorOptions
  readonly input: OperatorInputState
  /** One run at a time. */
  isRunning = false
  /** The run of this process with an open journal; `ended` never rejects. */
  current: { readonly run: () => Run; readonly ended: Promise<void> } | null = null

  /** Id of the run that is taken up, from its first check until its journal is open: its users may wait already. */
  takingUp: string | null = null

  constructor(options: ExecutorOptions) {
    this.options = options
    this.input = new OperatorInputState(options.isInteractive)
  }

  action(name: string): Action {
    const { clusterAccess, actions } = this.options
    return actionNamed(name, actions ?? actionsFor(clusterAccess.config()))
  }

  /** Opens nothing before the first use. The caller closes it. */
  toolbox(
    run: string,
    said: (text: string) => void,
    servers: PermittedServers,
    during: Pick<RunToolboxOptions, 'record' | 'lost'> = {},
  ): RunToolbox {
    const { clusterAccess, env, folder, principal } = this.options
    const { signal } = this.input
    return openRunToolbox({ world: clusterAccess, run, env, folder, who: principal, servers, signal, said, ...during })
  }

  logOptions(): RunLogOptions {
    const { folder, principal, onRunChanged, noted, openJournal, clusterAccess } = this.options
    return { folder, who: principal, changed: onRunChanged, noted, openJournal, config: clusterAccess.config }
  }

  /**
   * Returns the run with that id and the commands of the configuration. Throws ActionError if this cluster has no such
   * run.
   */
  async storedRun(id: string): Promise<Run> {
    const run = await loadRun(this.options.folder, id)
    if (!run) throw new ActionError(`there is no run ${id}`, 'pgdeck runs lists them.')
    const { name } = this.options.clusterAccess.config().spec
    if (run.plan.cluster !== name) throw new ActionError(`run ${id} is of cluster ${run.plan.cluster}, not of ${name}`)
    return restoreCommands(run, this.options.clusterAccess.config())
  }

  /** Throws ReadOnlyError in read-only mode. */
  async requireWritable(run: Run): Promise<void> {
    const { readOnly } = this.options
    if (readOnly === null) return
    await this.refuse(run, readOnly)
    throw new ReadOnlyError(readOnly, 'Nothing was changed.')
  }

  /** Writes a refusal of the run to the audit log too. */
  async auditing<T>(run: Run, attempt: () => T | Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      await this.refuse(run, messageOf(error))
      throw error
    }
  }

  refuse(run: Run, why: string): Promise<void> {
    return auditRefusal(this.options, run, why)
  }
}
