// What a journal tells, wherever it was cut off and whatever a newer version has written into it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { noImpact, type Plan } from '../../../src/model/runs/plan.ts'
import {
  applyJournalEntry,
  isResumableRun,
  isUnfinishedRun,
  type JournalEntry,
  type Run,
  runFromJournal,
} from '../../../src/model/runs/run.ts'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { NOW } from '../../builders/snapshot.ts'

const STEPS = ['a', 'b', 'c'] as const
const WHO = { user: 'tester', ssh: null, tty: null }
const PLAN: Plan = {
  action: 'reload',
  title: 'Reload',
  cluster: 'vault',
  target: { id: 'db-1', name: 'db-1' },
  input: {},
  danger: 'routine',
  confirm: 'db-1',
  basis: { at: NOW, nodes: [], manager: null },
  checks: [],
  impact: noImpact('nothing is lost'),
  steps: STEPS.map((id) => ({
    id,
    kind: 'sql-call',
    args: {},
    title: id,
    how: 'sql',
    where: 'db-1',
    detail: 'select 1',
    verify: 'it is so',
    undo: null,
    ifStopped: 'nothing',
    maySkip: true,
    changes: [],
    deadlineSeconds: 5,
  })),
  plannedAt: NOW,
}

const at = fc.integer({ min: NOW, max: NOW + 1_000_000 })
const step = fc.constantFrom(...STEPS, 'unheard-of')
const words = fc.string({ maxLength: 20 })
const FIRST: JournalEntry = { type: 'planned', at: NOW, run: 'run-1', who: WHO, plan: PLAN }

const entry = fc.oneof(
  fc.record({ type: fc.constant('confirmed'), at, who: fc.constant(WHO), how: words }),
  fc.record({ type: fc.constant('taken-up'), at, pid: fc.nat(), host: words }),
  fc.record({ type: fc.constant('step-started'), at, step, attempt: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant('step-ran'), at, step, answer: fc.constantFrom('given', 'lost') }),
  fc.record({ type: fc.constantFrom('step-done', 'step-undone'), at, step, evidence: words }),
  fc.record({ type: fc.constant('step-failed'), at, step, why: words, hint: fc.option(words) }),
  fc.record({ type: fc.constant('step-unknown'), at, step, why: words }),
  fc.record({ type: fc.constant('step-skipped'), at, step, reason: words }),
  fc.record({ type: fc.constant('step-by-hand'), at, step }),
  fc.record({ type: fc.constant('said'), at, step: fc.option(step), text: words }),
  fc.record({ type: fc.constant('basis-changed'), at, why: words }),
  fc.record({
    type: fc.constant('ended'),
    at,
    ending: fc.constantFrom('done', 'failed', 'unknown', 'stopped', 'aborted'),
    why: fc.option(words),
  }),
) as fc.Arbitrary<JournalEntry>

/** As a version to come may write them. */
const foreign = fc.record({
  type: fc.constantFrom('paused', 'step-measured', 'note', '', '__proto__', 'constructor'),
  at,
  step: fc.option(step),
  what: fc.anything(),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<JournalEntry>

const journal = fc.array(entry, { maxLength: 60 }).map((entries) => [FIRST, ...entries])

describe('a run', () => {
  test('is told by any beginning of its journal, step by step', () => {
    fc.assert(
      fc.property(journal, (entries) => {
        let run: Run | null = null
        for (const [index, each] of entries.entries()) {
          run = applyJournalEntry(run, each)
          assert.deepEqual(runFromJournal(entries.slice(0, index + 1)), run)
          assert.ok(run)
          assert.deepEqual(
            run.steps.map(({ id }) => id),
            STEPS,
          )
          assert.ok(run.output.length <= 500)
          // A run that goes on can be gone on with; nothing is both over and unfinished.
          assert.ok(!isUnfinishedRun(run) || isResumableRun(run))
          assert.doesNotThrow(() => JSON.stringify(runDocument(run ?? assert.fail())))
        }
      }),
    )
  })

  test('is what its last ending says, and its steps are what was last said of them', () => {
    fc.assert(
      fc.property(journal, fc.constantFrom('done', 'failed', 'stopped', 'aborted'), (entries, ending) => {
        const run = runFromJournal([...entries, { type: 'ended', at: NOW, ending, why: null }])
        assert.equal(run?.state, ending)
        for (const id of STEPS) {
          const last = entries.findLast((each) => 'step' in each && each.step === id && isOfState(each))
          const state: string | undefined = run?.steps.find((each) => each.id === id)?.state
          assert.equal(state, last ? STATE_AFTER[last.type] : 'pending')
        }
      }),
    )
  })

  test('is not changed by lines that this version does not know', () => {
    const mixed = fc.array(
      fc.oneof(
        entry.map((each) => [each, true]),
        foreign.map((each) => [each, false]),
      ),
    ) as fc.Arbitrary<[JournalEntry, boolean][]>
    fc.assert(
      fc.property(mixed, (lines) => {
        const all = [FIRST, ...lines.map(([each]) => each)]
        const known = [FIRST, ...lines.filter(([, isKnown]) => isKnown).map(([each]) => each)]
        assert.deepEqual(runFromJournal(all), runFromJournal(known))
      }),
    )
  })

  test('is none without a plan', () => {
    fc.assert(fc.property(fc.array(entry), (entries) => assert.equal(runFromJournal(entries), null)))
  })
})

const STATE_AFTER: Readonly<Record<string, string>> = {
  'step-started': 'running',
  'step-ran': 'verifying',
  'step-done': 'done',
  'step-failed': 'failed',
  'step-unknown': 'unknown',
  'step-skipped': 'skipped',
  'step-undone': 'undone',
}

function isOfState({ type }: JournalEntry): boolean {
  return type in STATE_AFTER
}
