// The one door through which pgdeck changes a cluster: plans, confirmations, runs and their end. Read-only mode is here.

import { hostname } from 'node:os'
import { type Action, type ActionRequest, type ActionToolbox, PlanError } from '../../actions/definition/action.ts'
import { actionsFor } from '../../actions/index.ts'
import { processStartTime } from '../../io/process/process.ts'
import { ActionError, ReadOnlyError } from '../../model/runs/action-error.ts'
import { blockingChecks } from '../../model/runs/plan.ts'
import { plannedRun, type Run } from '../../model/runs/run.ts'
import { withSkippedSteps } from '../../model/runs/skipped-proof.ts'
import type { Begin, Body, Consent, ExecutorOptions, Instead, Reasons } from './executor-options.ts'
import { holdFor, noteHold, overrideOf } from './hold-cluster.ts'
import { type ClusterLock, RUN_LOCK } from './locks/lock-request.ts'
import { runLockCheck } from './locks/run-lock-check.ts'
import { requireWhole, withCommands } from './log/configured-commands.ts'
import { type Book, beginBook, begun, reopenBook } from './log/run-log.ts'
import { keptRun } from './log/run-store.ts'
import { actionNamed, newRunId, prepare } from './planning/prepare-plan.ts'
import { againstNow, isOld, overridesOf, renewedPlan, requireSame } from './planning/replan.ts'
import { noteRefusal, opened, refusalOf, requireResumable, requireSkippable } from './planning/run-preconditions.ts'
import { lookedJustNow } from './planning/two-servers-check.ts'
import { holdsNoServers, requireConfirmedAnew, withServersOfNow } from './reconfirm.ts'
import { requireSameServers } from './servers/same-servers.ts'
import { OperatorInput } from './steps/operator-input.ts'
import { conduct, undone, unknownKinds } from './steps/run-steps.ts'
import { lostInStep } from './steps/step-lock.ts'
import type { Servers } from './tools/action-sessions.ts'
import { readServers, runServers } from './tools/permitted-servers.ts'
import { openToolbox, type Toolbox, type ToolboxOptions } from './tools/run-toolbox.ts'

export type { Consent, ExecutorOptions, Reasons } from './executor-options.ts'

export interface Executor {
  /** A plan with its checks as of now. Changes nothing. Throws PlanProblem for a request that can't be followed. */
  propose(request: ActionRequest, overrides?: Readonly<Record<string, string>>): Promise<Run>
  /** Throws ReadOnlyRefusal where nothing may be done here at all: a question before it would be in vain. */
  mayAct(run: Run): Promise<void>
  /** The same for a run that was begun. Throws ActError too where there is none of that id. */
  mayTakeUp(id: string): Promise<void>
  /** Runs what was proposed. Throws ActError where the door stays shut: read-only (ReadOnlyRefusal), blocked, not confirmed, busy, no journal. */
  start(run: Run, consent: Consent): Promise<Run>
  /** The run where it has to be confirmed once more before it goes on; null where not. Throws ActError where there is none. */
  needsConfirmation(id: string): Promise<Run | null>
  /** Goes on with a run that was cut off or stopped. Throws ActError as `start`. */
  resume(id: string, reasons: Reasons): Promise<Run>
  /** Takes back what a stopped run did, as far as that can be; `how` somebody agreed to that. Throws ActError as `start`. */
  abort(id: string, how: string, overrides?: Reasons['overrides']): Promise<Run>
  /** The manual step that is waited for was done. */
  byHand(): void
  /** Ends the run after its present step; one that waits ends at once. A second time: now, whatever it does. */
  stop(): void
}

/** An executor for one cluster. One run at a time. */
export function createExecutor(options: ExecutorOptions): Executor {
  return new ClusterExecutor(options)
}

class ClusterExecutor implements Executor {
  readonly #options: ExecutorOptions
  readonly #input: OperatorInput
  #isRunning = false

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.#input = new OperatorInput(options.present)
  }

  async propose(request: ActionRequest, overrides: Readonly<Record<string, string>> = {}): Promise<Run> {
    const { who } = this.#options
    const action = this.#action(request.action)
    for (const [check, reason] of Object.entries(overrides))
      if (reason.trim() === '') throw new PlanError(`${action.name}: --override ${check}: a reason is needed`)
    const id = newRunId(request, Date.now())
    const tools = this.#tools(id, () => {}, readServers(this.#options.world))
    try {
      const also = action.holds === 'cluster' ? [runLockCheck(this.#options.folder)] : []
      const plan = await prepare(action, request, tools, overrides, also)
      return plannedRun(id, who, plan, blockingChecks(plan).length > 0)
    } finally {
      await tools.close()
    }
  }

  async start(proposal: Run, { answer, how, skips }: Consent): Promise<Run> {
    const plan = withSkippedSteps(proposal.plan, skips)
    const run = { ...proposal, plan }
    await this.mayAct(run)
    requireSkippable(plan, skips)
    const refusal = refusalOf(plan, answer)
    if (refusal) {
      await this.#refused(run, refusal.note)
      throw refusal.error
    }
    return this.#run(run, {
      skips,
      overrule: overrideOf(plan),
      ready: (isHeld) => this.#renewed(run, requireSame, isHeld, skips),
      open: async (current) => {
        const book = await beginBook(this.#books(), current)
        return begun(book, { type: 'confirmed', who: this.#options.who, how })
      },
    })
  }

  /**
   * The run with its plan made again where its readings are old, or the cluster has only just come into its hands: what
   * others did until then is seen. Throws ActError where that is another plan.
   */
  async #renewed(run: Run, hold: typeof requireSame, isHeld: boolean, skips: Consent['skips']): Promise<Run> {
    const { plan } = run
    const { intervalMs } = this.#options.world.config().spec
    if (!isHeld && !isOld(plan, Date.now(), intervalMs)) return run
    const request = { action: plan.action, target: plan.target?.id ?? null, input: plan.input }
    const tools = this.#tools(run.id, () => {}, readServers(this.#options.world))
    try {
      const looked = lookedJustNow(plan, Date.now())
      const action = this.#action(plan.action)
      const now = withSkippedSteps(await prepare(action, request, tools, overridesOf(plan), [], looked), skips)
      hold(plan, now)
      requireSameServers(run, this.#options.world.sight(), now)
      return plannedRun(run.id, run.who, renewedPlan(plan, now), false)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      await this.#refused(run, why)
      throw error instanceof PlanError ? new ActionError(why, 'Nothing was changed. Plan again.') : error
    } finally {
      await tools.close()
    }
  }

  async needsConfirmation(id: string): Promise<Run | null> {
    const run = await this.#kept(id)
    return holdsNoServers(run) ? run : null
  }

  async resume(id: string, { skips, overrides = {}, anew }: Reasons): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    requireSkippable(run.plan, skips)
    requireResumable(run)
    await this.#noting(run, () => requireConfirmedAnew(run, anew))
    const back: Instead = (book, tools, lock) => this.#takenBack(book, tools, lock)
    return this.#run(run, {
      skips,
      overrule: overrides[RUN_LOCK] ?? null,
      ready: async (isHeld) => {
        const hold = run.isTakenBack ? null : againstNow(run, Date.now())
        if (hold) await this.#renewed(run, hold, isHeld, skips)
        // Read again now that nobody else can have it: another process may just have ended it.
        const now = await this.#kept(id)
        requireResumable(now)
        if (!now.isTakenBack) requireWhole(now)
        return now
      },
      open: async (now) => {
        const book = await reopenBook(this.#books(), now)
        const { world, who } = this.#options
        return anew && holdsNoServers(now) ? withServersOfNow(book, world.sight(), who, anew) : book
      },
      ...(run.isTakenBack ? { instead: back } : {}),
    })
  }

  async abort(id: string, how: string, overrides: Reasons['overrides'] = {}): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    return this.#run(run, {
      skips: {},
      overrule: overrides[RUN_LOCK] ?? null,
      ready: () => this.#kept(id),
      open: (now) => reopenBook(this.#books(), now),
      instead: async (book, tools, lock) => {
        await book.write({ type: 'said', step: null, text: `${this.#options.who.user} has it taken back: ${how}` })
        return this.#takenBack(book, tools, lock)
      },
    })
  }

  async #takenBack(book: Book, tools: ActionToolbox, lock: ClusterLock | null): Promise<Run> {
    await book.write({ type: 'ended', ...(await undone({ book, tools, lock })) })
    return book.run()
  }

  byHand(): void {
    this.#input.byHand()
  }

  stop(): void {
    this.#input.stop()
  }

  async #run(run: Run, { skips, overrule, ready, open, instead }: Begin): Promise<Run> {
    if (this.#isRunning) throw new ActionError('a run of this cluster is going on here already')
    const unknown = unknownKinds(run)
    if (unknown.length > 0)
      throw new ActionError(`this version of pgdeck does not know how to do ${unknown.join(', ')}`)
    this.#isRunning = true
    try {
      const sight = await this.#options.world.look()
      await this.#noting(run, () => requireSameServers(run, sight))
      const hold = await this.#noting(run, () => holdFor(this.#options, run, overrule))
      const lock = hold?.lock ?? null
      try {
        const current = await ready(hold !== null)
        return await this.#withBook(await opened(() => open(current)), lock, async (book, tools) => {
          await noteHold(book, tools, hold, overrule)
          if (instead) return instead(book, tools, lock)
          const action = this.#action(run.plan.action)
          const { who, decide } = this.#options
          return conduct({ book, action, tools, who, lock, skips, decide, hands: this.#input })
        })
      } finally {
        await hold?.release()
      }
    } finally {
      this.#isRunning = false
      this.#input.reset()
    }
  }

  async #withBook(book: Book, lock: ClusterLock | null, body: Body): Promise<Run> {
    const now = () => book.run().steps.find(({ state }) => state === 'running' || state === 'verifying')?.id ?? null
    const record = () => book.run()
    const servers = runServers(this.#options.world, record, lock)
    const lost = () => lostInStep(book.run(), lock)
    const tools = this.#tools(book.run().id, (text) => book.say(now(), text), servers, { record, lost })
    try {
      const start = processStartTime(process.pid)
      const itself = { pid: process.pid, host: hostname(), ...(start === null ? {} : { start }) }
      await book.write({ type: 'taken-up', ...itself })
      return await body(book, tools)
    } finally {
      await tools.close()
      await book.close()
    }
  }

  #action(name: string): Action {
    const { world, actions } = this.#options
    return actionNamed(name, actions ?? actionsFor(world.config()))
  }

  #tools(
    run: string,
    said: (text: string) => void,
    servers: Servers,
    during: Pick<ToolboxOptions, 'record' | 'lost'> = {},
  ): Toolbox {
    const { world, env, folder, who } = this.#options
    const { signal } = this.#input
    return openToolbox({ world, run, env, folder, who, servers, signal, said, ...during })
  }

  #books() {
    const { folder, who, changed, noted, openJournal, world } = this.#options
    return { folder, who, changed, noted, openJournal, config: world.config }
  }

  async #kept(id: string): Promise<Run> {
    const run = await keptRun(this.#options.folder, id)
    if (!run) throw new ActionError(`there is no run ${id}`, 'pgdeck runs lists them.')
    const { name } = this.#options.world.config().spec
    if (run.plan.cluster !== name) throw new ActionError(`run ${id} is of cluster ${run.plan.cluster}, not of ${name}`)
    return withCommands(run, this.#options.world.config())
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
      await this.#refused(run, error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  #refused(run: Run, why: string): Promise<void> {
    return noteRefusal(this.#options, run, why)
  }
}
