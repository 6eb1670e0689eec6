// The one door through which pgdeck changes a cluster: plans, confirmations, runs and their end. Read-only mode is here.

import { hostname } from 'node:os'
import { type Action, type ActionRequest, type ActionToolbox, PlanError } from '../../actions/definition/action.ts'
import { processStartTime } from '../../io/process/process.ts'
import { ActionError, ReadOnlyError } from '../../model/runs/action-error.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import { plannedRun, type Run } from '../../model/runs/run.ts'
import { withSkippedSteps } from '../../model/runs/skipped-proof.ts'
import { messageOf } from '../../model/values/fault.ts'
import { actionsFor } from '../../profiles/actions.ts'
import type { Executor } from './executor-interface.ts'
import type {
  ExecutorOptions,
  InsteadOfSteps,
  ResumeReasons,
  RunBody,
  RunConsent,
  RunStart,
} from './executor-options.ts'
import { holdClusterFor, lockOverrideReason, recordHold } from './hold-cluster.ts'
import { type ClusterLock, RUN_LOCK_CHECK } from './locks/lock-request.ts'
import { runLockCheck } from './locks/run-lock-check.ts'
import { requireNoMissingSecret, restoreCommands } from './log/configured-commands.ts'
import { appendOrClose, beginRunLog, type RunLog, reopenRunLog } from './log/run-log.ts'
import { loadRun } from './log/run-store.ts'
import { actionNamed, newRunId, preparePlan } from './planning/prepare-plan.ts'
import { isPlanOld, mergeReplanned, planOverrides, requireSamePlan, resumeRequirement } from './planning/replan.ts'
import {
  auditRefusal,
  planRefusal,
  requireResumable,
  requireRunLog,
  requireSkippable,
} from './planning/run-preconditions.ts'
import { recentServerCheck } from './planning/two-servers-check.ts'
import { hasNoServers, requireReconfirmed, withCurrentServers } from './reconfirm.ts'
import { requireSameServers } from './servers/same-servers.ts'
import { OperatorInputState } from './steps/operator-input.ts'
import { requireKnownSteps } from './steps/read-step.ts'
import { runSteps, undoSteps } from './steps/run-steps.ts'
import { whyLockLostInStep } from './steps/step-lock.ts'
import type { PermittedServers } from './tools/action-sessions.ts'
import { serversForPlanning, serversForRun } from './tools/permitted-servers.ts'
import { openRunToolbox, type RunToolbox, type RunToolboxOptions } from './tools/run-toolbox.ts'

export type { Executor } from './executor-interface.ts'
export type { ExecutorOptions } from './executor-options.ts'

/** An executor for one cluster. One run at a time. */
export function createExecutor(options: ExecutorOptions): Executor {
  return new ClusterExecutor(options)
}

class ClusterExecutor implements Executor {
  readonly #options: ExecutorOptions
  readonly #input: OperatorInputState
  #isRunning = false

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.#input = new OperatorInputState(options.isInteractive)
  }

  async propose(request: ActionRequest, overrides: Readonly<Record<string, string>> = {}): Promise<Run> {
    const { principal } = this.#options
    const action = this.#action(request.action)
    for (const [check, reason] of Object.entries(overrides))
      if (reason.trim() === '') throw new PlanError(`${action.name}: --override ${check}: a reason is needed`)
    const id = newRunId(request, Date.now())
    const tools = this.#tools(id, () => {}, serversForPlanning(this.#options.clusterAccess))
    try {
      const also = action.locks === 'cluster' ? [runLockCheck(this.#options.folder)] : []
      const plan = await preparePlan(action, request, tools, overrides, also)
      return plannedRun(id, principal, plan, blockingChecks(plan).length > 0)
    } finally {
      await tools.close()
    }
  }

  async start(proposal: Run, { answer, givenBy, skips }: RunConsent): Promise<Run> {
    const plan = withSkippedSteps(proposal.plan, skips)
    const run = { ...proposal, plan }
    await this.mayAct(run)
    requireSkippable(plan, skips)
    const refusal = planRefusal(plan, answer)
    if (refusal) {
      await this.#refused(run, refusal.note)
      throw refusal.error
    }
    return this.#run(run, {
      skips,
      overrule: lockOverrideReason(plan),
      ready: (isHeld) => this.#renewed(run, requireSamePlan, isHeld, skips),
      open: async (current) => {
        const runLog = await beginRunLog(this.#books(), current)
        return appendOrClose(runLog, { type: 'confirmed', who: this.#options.principal, how: givenBy })
      },
    })
  }

  /**
   * The run with its plan made again where its readings are old, or the cluster has only just come into its hands: what
   * others did until then is seen. Throws ActError where that is another plan.
   */
  async #renewed(run: Run, hold: typeof requireSamePlan, isHeld: boolean, skips: RunConsent['skips']): Promise<Run> {
    const { plan } = run
    const { intervalMs } = this.#options.clusterAccess.config().spec
    if (!isHeld && !isPlanOld(plan, Date.now(), intervalMs)) return run
    const request = { action: plan.action, target: plan.target?.id ?? null, input: plan.input }
    const tools = this.#tools(run.id, () => {}, serversForPlanning(this.#options.clusterAccess))
    try {
      const looked = recentServerCheck(plan, Date.now())
      const action = this.#action(plan.action)
      const now = withSkippedSteps(await preparePlan(action, request, tools, planOverrides(plan), [], looked), skips)
      hold(plan, now)
      requireSameServers(run, this.#options.clusterAccess.view(), now)
      return plannedRun(run.id, run.who, mergeReplanned(plan, now), false)
    } catch (error) {
      const why = messageOf(error)
      await this.#refused(run, why)
      throw error instanceof PlanError ? new ActionError(why, 'Nothing was changed. Plan again.') : error
    } finally {
      await tools.close()
    }
  }

  async needsConfirmation(id: string): Promise<Run | null> {
    const run = await this.#kept(id)
    return hasNoServers(run) ? run : null
  }

  async resume(id: string, { skips, overrides = {}, anew }: ResumeReasons): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    requireSkippable(run.plan, skips)
    requireResumable(run)
    await this.#noting(run, () => requireReconfirmed(run, anew))
    const back: InsteadOfSteps = (runLog, tools, lock) => this.#takenBack(runLog, tools, lock)
    return this.#run(run, {
      skips,
      overrule: overrides[RUN_LOCK_CHECK] ?? null,
      ready: async (isHeld) => {
        const hold = run.isUndoing ? null : resumeRequirement(run, Date.now())
        if (hold) await this.#renewed(run, hold, isHeld, skips)
        // Read again now that nobody else can have it: another process may just have ended it.
        const now = await this.#kept(id)
        requireResumable(now)
        if (!now.isUndoing) requireNoMissingSecret(now)
        return now
      },
      open: async (now) => {
        const runLog = await reopenRunLog(this.#books(), now)
        const { clusterAccess, principal } = this.#options
        return anew && hasNoServers(now) ? withCurrentServers(runLog, clusterAccess.view(), principal, anew) : runLog
      },
      ...(run.isUndoing ? { instead: back } : {}),
    })
  }

  async abort(id: string, how: string, overrides: ResumeReasons['overrides'] = {}): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    return this.#run(run, {
      skips: {},
      overrule: overrides[RUN_LOCK_CHECK] ?? null,
      ready: () => this.#kept(id),
      open: (now) => reopenRunLog(this.#books(), now),
      instead: async (runLog, tools, lock) => {
        await runLog.append({
          type: 'said',
          step: null,
          text: `${this.#options.principal.user} has it taken back: ${how}`,
        })
        return this.#takenBack(runLog, tools, lock)
      },
    })
  }

  async #takenBack(runLog: RunLog, tools: ActionToolbox, lock: ClusterLock | null): Promise<Run> {
    await runLog.append({ type: 'ended', ...(await undoSteps({ log: runLog, tools, lock })) })
    return runLog.run()
  }

  markManualDone(): void {
    this.#input.byHand()
  }

  stop(): void {
    this.#input.stop()
  }

  async #run(run: Run, { skips, overrule, ready, open, instead }: RunStart): Promise<Run> {
    if (this.#isRunning) throw new ActionError('a run of this cluster is going on here already')
    if (!instead) await this.#noting(run, () => requireKnownSteps(run))
    this.#isRunning = true
    try {
      const view = await this.#options.clusterAccess.refresh()
      await this.#noting(run, () => requireSameServers(run, view))
      const hold = await this.#noting(run, () => holdClusterFor(this.#options, run, overrule))
      const lock = hold?.lock ?? null
      try {
        const current = await ready(hold !== null)
        return await this.#withBook(await requireRunLog(() => open(current)), lock, async (runLog, tools) => {
          await recordHold(runLog, tools, hold, overrule)
          if (instead) return instead(runLog, tools, lock)
          const action = this.#action(run.plan.action)
          const { principal, decide } = this.#options
          return runSteps({ log: runLog, action, tools, who: principal, lock, skips, decide, operator: this.#input })
        })
      } finally {
        await hold?.release()
      }
    } finally {
      this.#isRunning = false
      this.#input.reset()
    }
  }

  async #withBook(runLog: RunLog, lock: ClusterLock | null, body: RunBody): Promise<Run> {
    const now = () => runLog.run().steps.find(({ state }) => state === 'running' || state === 'verifying')?.id ?? null
    const record = () => runLog.run()
    const servers = serversForRun(this.#options.clusterAccess, record, lock)
    const lost = () => whyLockLostInStep(runLog.run(), lock)
    const tools = this.#tools(runLog.run().id, (text) => runLog.say(now(), text), servers, { record, lost })
    try {
      const start = processStartTime(process.pid)
      const itself = { pid: process.pid, host: hostname(), ...(start === null ? {} : { start }) }
      await runLog.append({ type: 'taken-up', ...itself })
      return await body(runLog, tools)
    } finally {
      await tools.close()
      await runLog.close()
    }
  }

  #action(name: string): Action {
    const { clusterAccess, actions } = this.#options
    return actionNamed(name, actions ?? actionsFor(clusterAccess.config()))
  }

  #tools(
    run: string,
    said: (text: string) => void,
    servers: PermittedServers,
    during: Pick<RunToolboxOptions, 'record' | 'lost'> = {},
  ): RunToolbox {
    const { clusterAccess, env, folder, principal } = this.#options
    const { signal } = this.#input
    return openRunToolbox({ world: clusterAccess, run, env, folder, who: principal, servers, signal, said, ...during })
  }

  #books() {
    const { folder, principal, onRunChanged, noted, openJournal, clusterAccess } = this.#options
    return { folder, who: principal, changed: onRunChanged, noted, openJournal, config: clusterAccess.config }
  }

  async #kept(id: string): Promise<Run> {
    const run = await loadRun(this.#options.folder, id)
    if (!run) throw new ActionError(`there is no run ${id}`, 'pgdeck runs lists them.')
    const { name } = this.#options.clusterAccess.config().spec
    if (run.plan.cluster !== name) throw new ActionError(`run ${id} is of cluster ${run.plan.cluster}, not of ${name}`)
    return restoreCommands(run, this.#options.clusterAccess.config())
  }

  async mayAct(run: Run): Promise<void> {
    const { readOnly } = this.#options
    if (readOnly === null) return
    await this.#refused(run, readOnly)
    throw new ReadOnlyError(readOnly, 'Nothing was changed.')
  }

  async mayTakeUp(id: string): Promise<void> {
    await this.mayAct(await this.#kept(id))
  }

  /** What refuses the run is found in the trail too. */
  async #noting<T>(run: Run, attempt: () => T | Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      await this.#refused(run, messageOf(error))
      throw error
    }
  }

  #refused(run: Run, why: string): Promise<void> {
    return auditRefusal(this.#options, run, why)
  }
}
