// A step that no later one rests on ends no run where nobody is there to decide about it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { leadPoolKind } from '../../../../src/actions/entry-points/lead-pool.ts'
import { resumePoolKind } from '../../../../src/actions/entry-points/resume-pool.ts'
import { applyJournalEntry, type JournalEntry, plannedRun, type Run } from '../../../../src/model/runs/run.ts'
import { runSteps } from '../../../../src/runtime/runs/steps/run-steps.ts'
import type { RunStepsOptions } from '../../../../src/runtime/runs/steps/run-steps-options.ts'

const PLACE = { pooler: 'pool-1', pool: 'orders' }
const BY = { kind: 'command', host: 'app-1', argv: ['repoint'], access: 'ssh' } as const
const TARGET = { id: 'db-2', name: 'db-2' }
const STEPS = [
  leadPoolKind.plan({ id: 'lead', ...PLACE, target: TARGET, host: '10.0.0.12', port: 5432, by: BY }),
  resumePoolKind.plan({ id: 'later', ...PLACE, holds: 'none' }),
]

/** Runs a plan in which pgdeck has no access to the host of the command. */
async function ran({ present, stopping = false }: { readonly present: boolean; readonly stopping?: boolean }) {
  const plan = { steps: STEPS, checks: [], target: null, basis: { at: 0, nodes: [], manager: null } }
  let run = plannedRun('r', { user: 'u' } as Run['who'], plan as unknown as Run['plan'], false)
  let asked = 0
  let isStopping = false
  const view = { picture: { at: 0, databases: [] }, config: { databases: [], hosts: [] }, manager: null }
  await runSteps({
    log: {
      run: () => run,
      async append(entry: JournalEntry) {
        run = applyJournalEntry(run, entry) ?? run
        isStopping ||= stopping && entry.type === 'step-started'
      },
    },
    action: { locks: 'none' },
    tools: {
      refresh: async () => view,
      view: () => view,
      config: view.config,
      host: () => null,
      writeOutput: () => {},
      stepRecord: () => null,
      entryPoints: { command: async () => [] },
    },
    who: { user: 'u' },
    lock: null,
    skips: {},
    operator: { takeDone: () => false, takeSkip: () => null, isStopping: () => isStopping, present },
    async decide() {
      asked++
      return { choice: 'stop' }
    },
  } as unknown as RunStepsOptions)
  return { asked, state: run.state, why: run.why, steps: run.steps.map((step) => step.state) }
}

describe('a pool that is not led', () => {
  test('does not keep a run without a person from what follows, and is named at its end', async () => {
    const { asked, state, why, steps } = await ran({ present: false })
    assert.deepEqual([asked, state, steps], [0, 'unknown', ['failed', 'done']])
    assert.equal(why, 'point orders at pool-1 to db-2: pgdeck has no access to the host app-1')
  })

  test('is decided about by a person, and not gone on without after a stop', async () => {
    const person = await ran({ present: true })
    assert.deepEqual([person.asked, person.steps], [1, ['failed', 'pending']])
    assert.deepEqual((await ran({ present: false, stopping: true })).steps, ['failed', 'pending'])
  })
})
