// Users who wait because of a run are let go on every way out, even where the journal can't be written any more.

import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { describe, mock, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import type { ReadyStep } from '../../../../src/actions/definition/step-kind.ts'
import { pausePoolKind } from '../../../../src/actions/entry-points/pause-pool.ts'
import { resumePoolKind } from '../../../../src/actions/entry-points/resume-pool.ts'
import type { PlannedStep } from '../../../../src/model/runs/plan.ts'
import { applyJournalEntry, type JournalEntry, plannedRun, type Run } from '../../../../src/model/runs/run.ts'
import { abortRun } from '../../../../src/runtime/runs/abort-run.ts'
import { carryOutRun } from '../../../../src/runtime/runs/carry-out-run.ts'
import type { ExecutorContext } from '../../../../src/runtime/runs/executor-context.ts'
import type { RunStart } from '../../../../src/runtime/runs/executor-options.ts'
import { letUsersGo } from '../../../../src/runtime/runs/let-users-go.ts'
import type { RunLog } from '../../../../src/runtime/runs/log/run-log.ts'
import { resumeRun } from '../../../../src/runtime/runs/resume-run.ts'
import { awaitEffect } from '../../../../src/runtime/runs/steps/await-effect.ts'
import { isHoldOver, releaseUsers } from '../../../../src/runtime/runs/steps/release-users.ts'
import { runSteps } from '../../../../src/runtime/runs/steps/run-steps.ts'
import type { RunStepsOptions } from '../../../../src/runtime/runs/steps/run-steps-options.ts'
import { undoSteps } from '../../../../src/runtime/runs/steps/undo-steps.ts'

const PLACE = { pooler: 'pool-1', pool: 'orders' }
// As plans of earlier versions have it.
const STEPS = [
  pausePoolKind.plan({ id: 'pause-pool-1', ...PLACE, seconds: 30 }),
  { ...resumePoolKind.plan({ id: 'resume-pool-1', ...PLACE, holds: 'pause-pool-1' }), maySkip: true },
]

const PLAN = {
  steps: STEPS,
  checks: [],
  target: null,
  basis: { at: 0, nodes: [], manager: null },
} as unknown as Run['plan']

function releasing(
  entries: readonly JournalEntry[],
  { isFull = false, isSilent = false, isGone = false, isPausedBefore = true, isWhole = false } = {},
) {
  let run = plannedRun('r', { user: 'u' } as Run['who'], PLAN, false)
  for (const entry of entries) run = applyJournalEntry(run, entry) ?? run
  let isPaused = isPausedBefore
  const given: string[] = []
  const log = {
    run: () => run,
    async append(entry: JournalEntry) {
      if (isFull) throw new Error('no space left')
      run = applyJournalEntry(run, entry) ?? run
    },
  } as unknown as RunLog
  const command = async (_pooler: string, text: string) => {
    given.push(text)
    if (isSilent) throw new Error('it does not answer')
    if (text.startsWith('RESUME')) isPaused = false
    if (text.startsWith('PAUSE')) isPaused = true
    if (text === 'SHOW VERSION') return [{ version: 'PgBouncer 1.22.0' }]
    if (text === 'SHOW STATE') return [{ key: 'paused', value: isWhole ? 'yes' : 'no' }]
    if (isGone) return []
    return text === 'SHOW DATABASES' ? [{ name: 'orders', paused: isPaused ? 1 : 0 }] : []
  }
  const tools = { entryPoints: { command, leavesForAnother: async () => false } } as unknown as ActionToolbox
  const view = { picture: { at: 0, databases: [] }, config: { databases: [], hosts: [] }, manager: null }
  const acting = {
    ...tools,
    refresh: async () => view,
    view: () => view,
    writeOutput: () => {},
    stepRecord: (id: string) => run.steps.find((step) => step.id === id) ?? null,
  } as unknown as ActionToolbox
  return {
    release: () => releaseUsers({ log, tools }),
    given,
    state: () => run.steps[0]?.state,
    letGo() {
      isPaused = false
    },
    pauseByHand() {
      isPaused = true
    },
    /** Takes the run up, and is refused, at the latest when the cluster is read. */
    takeUp(owner: Run['owner'] = null, by: (context: ExecutorContext, stored: Run) => Promise<unknown> = carriedOut) {
      const stored = { ...run, state: 'running' as const, owner }
      const refresh = async () => {
        throw new Error(isPaused ? 'read while clients wait' : 'read')
      }
      const context = {
        isRunning: false,
        takingUp: null,
        current: null,
        options: { folder: '/nowhere', clusterAccess: { refresh }, principal: { user: 'u' } },
        input: { reset() {}, stop() {} },
        requireWritable: async () => {},
        auditing: async (_run: Run, attempt: () => unknown) => attempt(),
        storedRun: async () => stored,
        toolbox: () => ({ ...acting, close: async () => {} }),
      }
      return by(context as unknown as ExecutorContext, stored)
    },
    /** Waits for a person, who is done after so many looks of 25 s each. */
    async byHand(looks: number) {
      let seen = 0
      mock.method(performance, 'now', () => seen * 25_000)
      const verify = async () => (++seen > looks ? { result: 'yes', evidence: '' } : { result: 'not-yet', why: '' })
      const operator = { takeDone: () => false, takeSkip: () => null, isStopping: () => false, present: true }
      const byPerson = { ...STEPS[0], id: 'stop', kind: 'other', args: {}, how: 'manual', deadlineSeconds: 600 }
      const options = { log, tools: { ...acting, wait: async () => {} }, lock: null, operator, who: { user: 'u' } }
      try {
        const ready = { verify } as unknown as ReadyStep
        await awaitEffect(options as unknown as RunStepsOptions, ready, byPerson as unknown as PlannedStep)
      } finally {
        mock.restoreAll()
      }
    },
    undo: () => undoSteps({ log, tools: acting, lock: null }),
    run(skips: Readonly<Record<string, string>>) {
      const operator = { takeDone: () => false, takeSkip: () => null, isStopping: () => false, present: false }
      return runSteps({
        log,
        action: { locks: 'none' },
        tools: acting,
        who: { user: 'u' },
        lock: null,
        skips,
        operator,
        decide: async () => ({ choice: 'stop' }),
      } as unknown as RunStepsOptions)
    },
    isPaused: () => isPaused,
  }
}

const carriedOut = (context: ExecutorContext, stored: Run) => carryOutRun(context, stored, {} as RunStart)

const at = 1
const started = { type: 'step-started', at, step: 'pause-pool-1', attempt: 1 } as const
const done = { type: 'step-done', at, step: 'pause-pool-1', evidence: '' } as const
const startedResume = { ...started, step: 'resume-pool-1' }
const resumed = { ...done, step: 'resume-pool-1' }

describe('users who wait because of a run', () => {
  test('are let go, and the journal has it', async () => {
    const { release, state, isPaused, given } = releasing([started, done])
    const { released, left } = await release()
    assert.deepEqual([released.map(({ id }) => id), left, state(), isPaused()], [['pause-pool-1'], [], 'undone', false])
    assert.ok(given.includes('RESUME "orders"'))
    assert.deepEqual((await release()).released, [])
  })

  test('are let go by a pause that was sent and not verified', async () => {
    const { release, isPaused } = releasing([started])
    await release()
    assert.equal(isPaused(), false)
  })

  test('are none before the pause, and none after the run has let them go', async () => {
    for (const entries of [[], [started, done, resumed]]) {
      const { release, given } = releasing(entries)
      assert.deepEqual(await release(), { released: [], left: [] })
      assert.deepEqual(given, [])
    }
  })

  test('are let go where the step that does it was skipped, or the pause after its attempt', async () => {
    const skipped = { type: 'step-skipped', at, reason: 'a test' } as const
    for (const entries of [
      [started, done, { ...skipped, step: 'resume-pool-1' }],
      [
        started,
        { type: 'step-failed', at, step: 'pause-pool-1', why: '', hint: null } as const,
        { ...skipped, step: 'pause-pool-1' },
      ],
    ]) {
      const { release, isPaused } = releasing(entries)
      await release()
      assert.equal(isPaused(), false)
    }
    const { release, given } = releasing([{ ...skipped, step: 'pause-pool-1' }])
    await release()
    assert.deepEqual(given, [])
  })

  test('of a pause that failed are let go once: a pause of somebody else is not touched later', async () => {
    const failed = { type: 'step-failed', at, step: 'pause-pool-1', why: 'open transactions', hint: null } as const
    for (const end of [
      failed,
      { type: 'step-unknown', at, step: 'pause-pool-1', why: '' } as const,
      { type: 'step-skipped', at, step: 'pause-pool-1', reason: 'a test' } as const,
    ]) {
      const { release, undo, run, given, state, pauseByHand, isPaused } = releasing([started, end])
      await release()
      assert.deepEqual([state(), isPaused()], [end.type.slice('step-'.length), false])
      pauseByHand()
      given.length = 0
      await release()
      // Another attempt finds that it is not its own.
      if (end === failed) assert.equal((await run({})).state, 'failed')
      await undo()
      assert.deepEqual([isPaused(), given.filter((text) => !text.startsWith('SHOW'))], [true, []])
    }
  })

  test('are let go at the end of a run in which the step that does it was skipped, and do not wait again', async () => {
    const { run, isPaused, given } = releasing([started, done])
    const end = await run({ 'resume-pool-1': 'a test' })
    assert.deepEqual([end.state, isPaused(), given.filter((text) => text.startsWith('PAUSE'))], ['done', false, []])
  })

  test('need not wait again once all that they waited for is done', () => {
    const between = { ...STEPS[0], id: 'stop', kind: 'other', args: {} } as PlannedStep
    const steps = [...STEPS.slice(0, 1), between, ...STEPS.slice(1)]
    const [pause] = steps
    assert.ok(pause)
    const empty = plannedRun('r', { user: 'u' } as Run['who'], { steps } as unknown as Run['plan'], false)
    assert.equal(isHoldOver(empty, pause), false)
    assert.equal(isHoldOver(applyJournalEntry(empty, { ...done, step: 'stop' }) ?? empty, pause), true)
    assert.equal(isHoldOver(applyJournalEntry(empty, resumed) ?? empty, pause), true)
  })

  test('of a pool that somebody else has paused wait on: nothing is paused, resumed or undone there', async () => {
    const { run, isPaused, given, state } = releasing([])
    assert.equal((await run({})).state, 'failed')
    assert.deepEqual([state(), isPaused(), given.filter((text) => !text.startsWith('SHOW'))], ['failed', true, []])
    const skipping = releasing([])
    assert.equal((await skipping.run({ 'pause-pool-1': 'a test' })).state, 'done')
    assert.equal(skipping.isPaused(), true)
  })

  test('of a pooler that somebody has paused as a whole wait on, and the steps say so', async () => {
    const whole = releasing([], { isWhole: true, isPausedBefore: false })
    const refused = await whole.run({})
    assert.match(refused.why ?? '', /all of pool-1 is paused already \(PAUSE without a name\), not by this run/)
    assert.ok(!whole.given.some((text) => text.startsWith('PAUSE')))
    const meanwhile = releasing([started, done], { isWhole: true })
    const { state, steps } = await meanwhile.run({})
    assert.equal(state, 'done')
    assert.match(steps.at(-1)?.note ?? '', /all of pool-1 is paused \(PAUSE without a name\), and its clients wait/)
  })

  test('are none where the pooler has removed the pool: it is paused, led and resumed as one that nobody uses', async () => {
    const { run, given } = releasing([], { isGone: true, isPausedBefore: false })
    assert.equal((await run({})).state, 'done')
    assert.ok(!given.some((text) => text.startsWith('PAUSE')))
    // It comes back paused with its next client.
    const removed = releasing([started, done], { isGone: true })
    assert.equal((await removed.run({})).state, 'done')
    assert.equal(removed.isPaused(), false)
    const killed = releasing([started, done, startedResume], { isGone: true })
    assert.equal((await killed.run({})).state, 'done')
    assert.equal(killed.isPaused(), false)
  })

  test('of a pool that was paused again after the run had let them go wait on when the run is undone', async () => {
    const { undo, given } = releasing([started, done, startedResume, resumed])
    assert.equal((await undo()).why, 'everything was undone')
    assert.deepEqual(given, [])
  })

  test('are let go where the run can’t be taken up, unless another process may carry it out', async () => {
    const refused = releasing([started, done])
    await assert.rejects(() => refused.takeUp())
    assert.equal(refused.isPaused(), false)
    for (const owner of [
      { pid: process.ppid, host: hostname() },
      { pid: 1, host: 'elsewhere' },
    ]) {
      const alive = releasing([started, done])
      await assert.rejects(() => alive.takeUp(owner))
      assert.equal(alive.isPaused(), true)
    }
  })

  test('are let go once a person takes longer than a minute, and not before', async () => {
    for (const [looks, isPaused] of [
      [2, true],
      [4, false],
    ] as const) {
      const waiting = releasing([started, done])
      await waiting.byHand(looks)
      assert.equal(waiting.isPaused(), isPaused)
    }
  })

  test('are let go where a resume is refused before it begins, and not by a run that is active here', async () => {
    const refused = releasing([started, done])
    const skipping = (context: ExecutorContext, { id }: Run) => resumeRun(context, id, { skips: { none: 'a test' } })
    await assert.rejects(() => refused.takeUp(null, skipping), /there is no such step/)
    assert.equal(refused.isPaused(), false)
    const active = releasing([started, done])
    const meanwhile = (context: ExecutorContext, stored: Run) => {
      context.isRunning = true
      return skipping(context, stored)
    }
    await assert.rejects(() => active.takeUp(null, meanwhile), /there is no such step/)
    assert.equal(active.isPaused(), true)
  })

  test('are let go before anything else of an abort, and by a signal before the journal is open', async () => {
    const aborted = releasing([started, done])
    const given: boolean[] = []
    await assert.rejects(
      aborted.takeUp(null, async (context, { id }) => {
        context.auditing = async (_run, attempt) => {
          given.push(aborted.isPaused())
          return attempt()
        }
        await abortRun(context, id, 'a test')
      }),
    )
    assert.deepEqual(given, [false])
    const ended = releasing([started, done])
    await ended.takeUp(null, async (context, { id }) => {
      await letUsersGo(context)
      assert.equal(ended.isPaused(), true)
      context.takingUp = id
      await letUsersGo(context)
    })
    assert.equal(ended.isPaused(), false)
  })

  test('are let go before an undo that the journal can’t take', async () => {
    const { undo, isPaused } = releasing([started, done], { isFull: true })
    await assert.rejects(undo, /no space left/)
    assert.equal(isPaused(), false)
  })

  test('that were let go meanwhile are journalled so when the run goes on: its pause would be done again', async () => {
    const { run, state, letGo } = releasing([started, done])
    letGo()
    assert.equal((await run({})).state, 'done')
    assert.equal(state(), 'undone')
  })

  test('are let go where the journal can’t be written', async () => {
    const { release, isPaused } = releasing([started, done], { isFull: true })
    await assert.rejects(release, /no space left/)
    assert.equal(isPaused(), false)
  })

  test('are named with the command where the console does not answer', async () => {
    const { release, state } = releasing([started, done], { isSilent: true })
    const { left } = await release()
    assert.match(left.join(), /orders at pool-1 may still be paused .*RESUME "orders";.*does not answer/)
    assert.equal(state(), 'done')
  })
})
