// The table of docs/actions.md against what a run really does with a step: each thing that may be seen, by each who may do
// it, in all circumstances.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import type { ReadyStep, Verification } from '../../../../src/actions/definition/step-kind.ts'
import { OtherServerError } from '../../../../src/model/runs/action-error.ts'
import type { PlannedStep } from '../../../../src/model/runs/plan.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import type { ClusterLock } from '../../../../src/runtime/runs/locks/lock-request.ts'
import type { NewJournalEntry, RunLog } from '../../../../src/runtime/runs/log/run-log.ts'
import { awaitEffect } from '../../../../src/runtime/runs/steps/await-effect.ts'
import type { StepOutcome } from '../../../../src/runtime/runs/steps/step-outcome.ts'
import {
  STEP_CIRCUMSTANCES,
  STEP_RULES,
  type StepCircumstance,
  type StepDoer,
  type StepEffect,
  type StepVerdict,
  stepVerdict,
} from '../../../../src/runtime/runs/steps/step-rules.ts'

const EFFECTS: readonly StepEffect[] = ['yes', 'not-yet', 'never', 'by-word', 'other-server']
const DOERS: readonly StepDoer[] = ['pgdeck', 'person', 'nobody']

interface Situation {
  readonly seen: StepEffect
  readonly by: StepDoer
  readonly circumstances: ReadonlySet<StepCircumstance>
}

function situations(): readonly Situation[] {
  const subsets = Array.from({ length: 2 ** STEP_CIRCUMSTANCES.length }, (_, bits) =>
    STEP_CIRCUMSTANCES.filter((_each, index) => (bits >> index) % 2 === 1),
  )
  return EFFECTS.flatMap((seen) =>
    DOERS.flatMap((by) => subsets.map((found) => ({ seen, by, circumstances: new Set(found) }))),
  )
}

/** What the run does with a step in that situation; after `look-again` the effect is seen. */
async function verdictOfRun({ seen, by, circumstances }: Situation): Promise<StepVerdict> {
  const lines: NewJournalEntry[] = []
  const run = { id: 'run', steps: [], plan: { steps: [] }, servers: {} } as unknown as Run
  const log = { run: () => run, append: async (entry: NewJournalEntry) => void lines.push(entry) } as unknown as RunLog
  const tools = {
    view: () => ({ picture: { databases: [] } }),
    wait: async () => {},
    signal: new AbortController().signal,
  } as unknown as ActionToolbox
  let looks = 0
  const ready: ReadyStep = {
    run: async () => {},
    undo: null,
    async verify(): Promise<Verification> {
      if (looks++ > 0) return { result: 'yes', evidence: 'second look' }
      if (seen === 'other-server') throw new OtherServerError('it is another one', null)
      return seen === 'yes' ? { result: 'yes', evidence: 'first look' } : { result: seen, why: 'first look' }
    },
  }
  let isSaid = circumstances.has('said-done')
  let reason = circumstances.has('left-out') ? 'not needed here' : null
  const operator = {
    present: by === 'person',
    isStopping: () => circumstances.has('stopping'),
    takeDone() {
      const said = isSaid
      isSaid = false
      return said
    },
    takeSkip() {
      const given = reason
      reason = null
      return given
    },
  }
  const lock = { lostBy: () => (circumstances.has('lock-lost') ? 'lost' : null) } as unknown as ClusterLock
  const step = {
    id: 'try',
    kind: 'no kind of ours',
    args: {},
    title: 'try',
    how: by === 'pgdeck' ? 'sql' : 'manual',
    verify: 'it is seen',
    maySkip: true,
    changes: [],
    deadlineSeconds: circumstances.has('overdue') ? -1 : 600,
  } as unknown as PlannedStep
  const outcome = await awaitEffect({ log, tools, lock, operator, who: { user: 'me' } as never }, ready, step)
  return looks > 1 ? 'look-again' : verdictOf(outcome, lines)
}

function verdictOf(outcome: StepOutcome, lines: readonly NewJournalEntry[]): StepVerdict {
  if (outcome.state === 'done') return lines.some(({ type }) => type === 'step-by-hand') ? 'done-by-word' : 'done'
  if (outcome.state === 'failed' || outcome.state === 'skipped') return outcome.state
  if (outcome.state === 'stopped') return outcome.why === undefined ? 'stopped' : 'stopped-without-lock'
  if (/by its own address/.test(outcome.hint ?? '')) return 'unknown-elsewhere'
  return /not seen within/.test(outcome.why) ? 'unknown-overdue' : 'unknown-needs-person'
}

/** As the executor was before it had a table, row by row, and what came later in words: so that the table is not held against itself. */
function verdictByWords({ seen, by, circumstances }: Situation): StepVerdict {
  const isManual = by !== 'pgdeck'
  const waitsForPerson = by === 'person'
  if (seen === 'other-server') return 'unknown-elsewhere'
  if (seen === 'yes') return 'done'
  if (isManual && circumstances.has('lock-lost')) return 'stopped-without-lock'
  if (isManual && circumstances.has('said-done')) return 'done-by-word'
  if (isManual && circumstances.has('left-out')) return 'skipped'
  if (seen === 'by-word' && !waitsForPerson) return 'unknown-needs-person'
  if (seen === 'never' && !isManual) return 'failed'
  if (circumstances.has('stopping') && (isManual || circumstances.has('overdue'))) return 'stopped'
  if (!waitsForPerson && circumstances.has('overdue')) return 'unknown-overdue'
  return 'look-again'
}

const told = ({ seen, by, circumstances }: Situation) => `${seen} by ${by}: ${[...circumstances].join(', ')}`

describe('what becomes of a step', () => {
  test('is in every situation what the table says', async () => {
    const all = situations()
    assert.equal(all.length, 480)
    for (const each of all) assert.equal(await verdictOfRun(each), stepVerdict(each), told(each))
  })

  test('and what was so before there was a table', () => {
    for (const each of situations()) assert.equal(stepVerdict(each), verdictByWords(each), told(each))
  })

  test('each row decides something, and the last one all the rest', () => {
    for (const rule of STEP_RULES) {
      const deciding = situations().filter((each) => STEP_RULES.find((row) => fits(row, each)) === rule)
      assert.ok(deciding.length > 0, JSON.stringify(rule))
    }
    assert.deepEqual(STEP_RULES.at(-1), { when: [], verdict: 'look-again' })
  })
})

function fits(row: (typeof STEP_RULES)[number], { seen, by, circumstances }: Situation): boolean {
  const isSeen = row.seen === undefined || row.seen === seen
  return isSeen && (row.by?.includes(by) ?? true) && row.when.every((each) => circumstances.has(each))
}
