// A plan that was made again runs what was confirmed: the sessions that were shown, and no others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noImpact, type Plan, type PlannedStep } from '../../../../src/model/runs/plan.ts'
import { plannedRun, type Run } from '../../../../src/model/runs/run.ts'
import {
  mergeReplanned,
  requireNoWorsePlan,
  requireSamePlan,
  resumeRequirement,
} from '../../../../src/runtime/runs/planning/replan.ts'

function planOf(kind: string, pids: readonly number[]): Plan {
  const step = { id: 'terminate', kind, args: { values: [pids] } } as unknown as PlannedStep
  return {
    title: `terminate ${pids.length} sessions`,
    impact: noImpact('cut'),
    checks: [],
    steps: [step],
  } as unknown as Plan
}

test('sessions that came to fit meanwhile are not terminated with those that were shown', () => {
  const made = mergeReplanned(planOf('sql-call', [11]), planOf('sql-call', [11, 12]))
  assert.deepEqual(made.steps[0]?.args, { values: [[11]] })
  assert.equal(made.title, 'terminate 1 sessions')
})

test('what was overruled of other runs stays in the record', () => {
  const check = { id: 'run-lock', overridden: 'it is gone' } as unknown as Plan['checks'][number]
  assert.deepEqual(mergeReplanned({ ...planOf('sql-call', []), checks: [check] }, planOf('sql-call', [])).checks, [
    check,
  ])
})

test('other steps are as they are made now', () => {
  assert.deepEqual(mergeReplanned(planOf('repoint-standbys', [1]), planOf('repoint-standbys', [2])).steps[0]?.args, {
    values: [[2]],
  })
})

test('a manager replaces the value that was shown, and none that somebody has set since', () => {
  const asking = (act: string, before: string): Plan => {
    const plan = planOf('ask-manager', [])
    return { ...plan, steps: plan.steps.map((step) => ({ ...step, args: { act, before } })) }
  }
  for (const [act, before] of [
    ['set-parameter', '4MB'],
    ['add-hba-entry', '4MB'],
    ['restart', '5MB'],
  ] as const)
    assert.deepEqual(mergeReplanned(asking(act, '4MB'), asking(act, '5MB')).steps[0]?.args, { act, before })
})

test('a promise that no confirmed commit is lost must still stand', () => {
  const losing = (lossBound: 'none-confirmed' | 'at-least'): Plan => ({
    ...planOf('promote-standby', []),
    danger: 'outage',
    impact: { ...noImpact('it takes over'), lossBound },
  })
  requireSamePlan(losing('at-least'), losing('none-confirmed'))
  requireSamePlan(losing('none-confirmed'), losing('none-confirmed'))
  assert.throws(
    () => requireSamePlan(losing('none-confirmed'), losing('at-least')),
    /confirmed commits may be lost now/,
  )
})

test('a run that lay for long before a change of roles is held against what is so now', () => {
  const plannedAt = Date.UTC(2026, 10, 22)
  const steps = [
    { id: 'fence-old-primary', changes: [] },
    { id: 'promote', changes: ['db-2'] },
  ] as unknown as readonly PlannedStep[]
  const run = plannedRun('r', { user: 'ann', ssh: null, tty: null }, { plannedAt, steps } as unknown as Plan, false)
  const after = (states: readonly string[]): Run => ({
    ...run,
    steps: run.steps.map((step, index) => {
      const state = (states[index] ?? 'pending') as 'done'
      return { ...step, state, attempts: (state as string) === 'pending' ? 0 : 1, endedAt: plannedAt + 1_000 }
    }),
  })
  const [soon, late] = [plannedAt + 60_000, plannedAt + 3_600_000]
  assert.equal(resumeRequirement(after(['pending', 'pending']), soon), requireSamePlan)
  assert.equal(resumeRequirement(after(['done', 'pending']), soon), null)
  assert.equal(resumeRequirement(after(['done', 'pending']), late), requireNoWorsePlan)
  assert.equal(resumeRequirement(after(['done', 'unknown']), late), null)
})
