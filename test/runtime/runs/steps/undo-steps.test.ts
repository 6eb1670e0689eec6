// What an undo leaves as it is, because it would do harm.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { askManagerKind } from '../../../../src/actions/delegated/ask-manager.ts'
import { NO_EFFECT } from '../../../../src/actions/delegated/effects.ts'
import { patroniActs } from '../../../../src/actions/delegated/patroni/patroni-acts.ts'
import { REDACTED } from '../../../../src/model/logs/redact.ts'
import type { PlannedStep } from '../../../../src/model/runs/plan.ts'
import { applyJournalEntry, type JournalEntry, plannedRun, type Run } from '../../../../src/model/runs/run.ts'
import type { RunLog } from '../../../../src/runtime/runs/log/run-log.ts'
import { undoSteps } from '../../../../src/runtime/runs/steps/undo-steps.ts'

const PATCH = { request: { method: 'PATCH' }, text: 'PATCH /config' }
const PAUSE = askManagerKind.plan({
  id: 'ask-manager',
  acts: patroniActs,
  act: 'take-out',
  planned: {
    ...{ request: {}, how: 'http', where: 'db1', title: 'pause', detail: '', checks: [], effects: [], restarts: [] },
    ...{ deadlineSeconds: 60, undo: PATCH },
  },
  database: 'db1',
  effect: NO_EFFECT,
  ifStopped: '',
  changes: [],
})
const STOP: PlannedStep = { ...PAUSE, id: 'stop', kind: 'stop-server', title: 'stop it', undo: null }

async function undone(steps: readonly PlannedStep[]) {
  const plan = { steps, checks: [], target: null, basis: { at: 0, nodes: [], manager: null } } as unknown as Run['plan']
  let run = plannedRun('r', { user: 'u' } as Run['who'], plan, false)
  const append = async (entry: JournalEntry) => {
    run = applyJournalEntry(run, entry) ?? run
  }
  for (const { id } of steps) {
    await append({ type: 'step-started', at: 1, step: id, attempt: 1 })
    await append({ type: 'step-done', at: 1, step: id, evidence: '' })
  }
  const view = { picture: { at: 0, databases: [] }, config: { databases: [], hosts: [] }, manager: null }
  const tools = { refresh: async () => view, view: () => view, config: view.config } as unknown as ActionToolbox
  const { why } = await undoSteps({ log: { run: () => run, append } as unknown as RunLog, tools, lock: null })
  return why
}

test('a manager is not resumed while the server that it would miss is still stopped', async () => {
  const why = await undone([PAUSE, STOP])
  assert.equal(
    why,
    'not undone: stop it (it can’t be undone); pause (it stays, because what was done after it is not undone)',
  )
  assert.doesNotMatch((await undone([PAUSE])) ?? '', /it stays/, 'alone it is undone')
})

test('a value that the record does not have is not put back', async () => {
  const undo = { body: `{"archive_command":"PGPASSWORD=${REDACTED} cp %p /x"}` }
  const redacted = { ...PAUSE, args: { ...PAUSE.args, undo } }
  assert.equal(await undone([redacted]), 'not undone: pause (it needs a secret, and pgdeck stores none)')
})
