// The one door through which pgdeck changes a cluster: plans, confirmations, runs and their end. Read-only mode is here.

import { hostname } from 'node:os'
import { type Action, PlanProblem, type Request, type Tools } from '../../actions/action.ts'
import { actionsFor } from '../../actions/index.ts'
import { type Answer, whyNotConfirmed } from '../../model/operation/confirmation.ts'
import type { Decision, Question } from '../../model/operation/decision.ts'
import { ActError, ReadOnlyRefusal, RunCutShort } from '../../model/operation/failure.ts'
import { blockers } from '../../model/operation/plan.ts'
import { plannedRun, type Run } from '../../model/operation/run.ts'
import type { Actor, TrailEntry } from '../../model/trail.ts'
import { type Book, beginBook, begun, type OpenJournal, reopenBook } from './book.ts'
import { conduct, type Hands, undone, unknownKinds } from './conduct.ts'
import { holdCluster } from './hold.ts'
import { keptRun } from './kept.ts'
import { actionNamed, newRunId, prepare } from './prepare.ts'
import { againstNow, isOld, overridesOf, renewedPlan, requireSame } from './renew.ts'
import { noteRefusal, requireResumable, requireSkippable } from './requirements.ts'
import { openToolbox, type Toolbox } from './toolbox.ts'
import type { World } from './world.ts'

export interface ExecutorOptions {
  readonly world: World
  /** The state directory. */
  readonly folder: string
  readonly who: Actor
  readonly env: Readonly<Record<string, string | undefined>>
  /** Why nothing may be changed; null when it may. */
  readonly readOnly: string | null
  /** Told after each line of the journal that is on disk. */
  readonly changed: (run: Run) => void
  readonly decide: (question: Question) => Promise<Decision>
  /** Somebody is there who can do manual steps and say so. */
  readonly present: boolean
  readonly noted?: (entries: readonly TrailEntry[]) => void
  readonly openJournal?: OpenJournal
  readonly actions?: readonly Action[]
}

export interface Consent {
  readonly answer: Answer
  /** How it was given, for the record: `typed db-ro`, `--yes`. */
  readonly how: string
  readonly skips: Readonly<Record<string, string>>
}

export interface Executor {
  /** A plan with its checks as of now. Changes nothing. Throws PlanProblem for a request that can't be followed. */
  propose(request: Request, overrides?: Readonly<Record<string, string>>): Promise<Run>
  /** Throws ReadOnlyRefusal where nothing may be done here at all: a question before it would be in vain. */
  mayAct(run: Run): Promise<void>
  /** The same for a run that was begun. Throws ActError too where there is none of that id. */
  mayTakeUp(id: string): Promise<void>
  /** Runs what was proposed. Throws ActError where the door stays shut: read-only (ReadOnlyRefusal), blocked, not confirmed, busy, no journal. */
  start(run: Run, consent: Consent): Promise<Run>
  /** Goes on with a run that was cut off or stopped. Throws ActError as `start`. */
  resume(id: string, consent: Pick<Consent, 'skips'>): Promise<Run>
  /** Takes back what a stopped run did, as far as that can be; `how` somebody agreed to that. Throws ActError as `start`. */
  abort(id: string, how: string): Promise<Run>
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
  #abort = new AbortController()
  #stopping = false
  #handDone = false
  #isRunning = false

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  async propose(request: Request, overrides: Readonly<Record<string, string>> = {}): Promise<Run> {
    const { who } = this.#options
    const action = this.#action(request.action)
    for (const [check, reason] of Object.entries(overrides))
      if (reason.trim() === '') throw new PlanProblem(`${action.name}: --override ${check}: a reason is needed`)
    const id = newRunId(request, Date.now())
    const tools = this.#tools(id, () => {})
    try {
      const plan = await prepare(action, request, tools, overrides)
      return plannedRun(id, who, plan, blockers(plan).length > 0)
    } finally {
      await tools.close()
    }
  }

  async start(run: Run, { answer, how, skips }: Consent): Promise<Run> {
    const { plan } = run
    await this.mayAct(run)
    requireSkippable(plan, skips)
    const blocked = blockers(plan)
    if (blocked.length > 0) {
      await this.#refused(run, `blocked by ${blocked.map(({ id }) => id).join(', ')}`)
      throw new ActError(`blocked: ${blocked.map(({ message }) => message).join('; ')}`)
    }
    const doubt = whyNotConfirmed(plan, answer)
    if (doubt !== null) {
      await this.#refused(run, `not confirmed: ${doubt}`)
      throw new ActError(`not confirmed: ${doubt}`, 'Nothing was changed.')
    }
    const current = await this.#renewed(run)
    return this.#run(current, skips, async () => {
      const book = await beginBook(this.#books(), current)
      return begun(book, { type: 'confirmed', who: this.#options.who, how })
    })
  }

  /** The run with its plan made again where its readings are old. Throws ActError where that is another plan. */
  async #renewed(run: Run, hold = requireSame): Promise<Run> {
    const { plan } = run
    const { intervalMs } = this.#options.world.config().spec
    if (!isOld(plan, Date.now(), intervalMs)) return run
    const request = { action: plan.action, target: plan.target?.id ?? null, input: plan.input }
    const tools = this.#tools(run.id, () => {})
    try {
      const now = await prepare(this.#action(plan.action), request, tools, overridesOf(plan))
      hold(plan, now)
      return plannedRun(run.id, run.who, renewedPlan(plan, now), false)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      await this.#refused(run, why)
      throw error instanceof PlanProblem ? new ActError(why, 'Nothing was changed. Plan again.') : error
    } finally {
      await tools.close()
    }
  }

  async resume(id: string, { skips }: Pick<Consent, 'skips'>): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    requireSkippable(run.plan, skips)
    requireResumable(run)
    const held = run.isTakenBack ? null : againstNow(run, Date.now())
    if (held) await this.#renewed(run, held)
    const reopened = async () => {
      // Read again now that nobody else can have it: another process may just have ended it.
      const now = await this.#kept(id)
      requireResumable(now)
      return reopenBook(this.#books(), now)
    }
    const back = (book: Book, tools: Tools) => this.#takenBack(book, tools)
    return this.#run(run, skips, reopened, run.isTakenBack ? back : undefined)
  }

  async abort(id: string, how: string): Promise<Run> {
    const run = await this.#kept(id)
    await this.mayAct(run)
    return this.#run(
      run,
      {},
      async () => reopenBook(this.#books(), await this.#kept(id)),
      async (book, tools) => {
        await book.write({ type: 'said', step: null, text: `${this.#options.who.user} has it taken back: ${how}` })
        return this.#takenBack(book, tools)
      },
    )
  }

  async #takenBack(book: Book, tools: Tools): Promise<Run> {
    await book.write({ type: 'ended', ...(await undone({ book, tools })) })
    return book.run()
  }

  byHand(): void {
    this.#handDone = true
  }

  stop(): void {
    if (this.#stopping) this.#abort.abort()
    this.#stopping = true
  }

  async #run(
    run: Run,
    skips: Consent['skips'],
    open: () => Promise<Book>,
    instead?: (book: Book, tools: Tools) => Promise<Run>,
  ): Promise<Run> {
    const { world, folder, who, decide } = this.#options
    if (this.#isRunning) throw new ActError('a run of this cluster is going on here already')
    const unknown = unknownKinds(run)
    if (unknown.length > 0) throw new ActError(`this version of pgdeck does not know how to do ${unknown.join(', ')}`)
    this.#isRunning = true
    try {
      const hold = await holdCluster(folder, await world.look(), run.id, who.user)
      try {
        return await this.#withBook(await opened(open), async (book, tools) => {
          if (hold.tookOver !== null) tools.say(hold.tookOver)
          if (instead) return instead(book, tools)
          const action = this.#action(run.plan.action)
          return conduct({ book, action, tools, who, skips, decide, hands: this.#hands() })
        })
      } finally {
        await hold.release()
      }
    } finally {
      this.#isRunning = false
      // What stopped this run must not stop the planning of the next.
      this.#stopping = false
      this.#abort = new AbortController()
    }
  }

  async #withBook(book: Book, body: (book: Book, tools: Tools) => Promise<Run>): Promise<Run> {
    const now = () => book.run().steps.find(({ state }) => state === 'running' || state === 'verifying')?.id ?? null
    const record = () => book.run()
    const tools = this.#tools(book.run().id, (text) => book.say(now(), text), record)
    try {
      await book.write({ type: 'taken-up', pid: process.pid, host: hostname() })
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

  #tools(run: string, said: (text: string) => void, record?: () => Run): Toolbox {
    const { world, env, folder, who } = this.#options
    const signal = this.#abort.signal
    return openToolbox({ world, run, env, folder, who, signal, said, ...(record ? { record } : {}) })
  }

  #hands(): Hands {
    return {
      present: this.#options.present,
      isStopping: () => this.#stopping,
      takeDone: () => {
        const done = this.#handDone
        this.#handDone = false
        return done
      },
    }
  }

  #books() {
    const { folder, who, changed, noted, openJournal } = this.#options
    return { folder, who, changed, noted, openJournal }
  }

  async #kept(id: string): Promise<Run> {
    const run = await keptRun(this.#options.folder, id)
    if (!run) throw new ActError(`there is no run ${id}`, 'pgdeck runs lists them.')
    const { name } = this.#options.world.config().spec
    if (run.plan.cluster !== name) throw new ActError(`run ${id} is of cluster ${run.plan.cluster}, not of ${name}`)
    return run
  }

  async mayAct(run: Run): Promise<void> {
    const { readOnly } = this.#options
    if (readOnly === null) return
    await this.#refused(run, readOnly)
    throw new ReadOnlyRefusal(readOnly, 'Nothing was changed.')
  }

  async mayTakeUp(id: string): Promise<void> {
    await this.mayAct(await this.#kept(id))
  }

  #refused(run: Run, why: string): Promise<void> {
    return noteRefusal(this.#options, run, why)
  }
}

/** An act that can't be written down does not begin. */
async function opened(open: () => Promise<Book>): Promise<Book> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof ActError && !(error instanceof RunCutShort)) throw error
    const cause = error instanceof RunCutShort ? error.cause : error
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ActError(
      `the run can’t be written down: ${why}`,
      'Watching goes on; acts need a writable state directory.',
    )
  }
}
