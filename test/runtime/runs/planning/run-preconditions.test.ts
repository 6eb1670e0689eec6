// Journals that were kept, of 0.1.0 and of this version: read, listed and shown; one that was edited is refused before it is run.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ActionError } from '../../../../src/model/runs/action-error.ts'
import { runDocument } from '../../../../src/model/runs/run-document.ts'
import { readStep } from '../../../../src/profiles/step-kinds.ts'
import { interruptedRuns, loadRun, loadRuns } from '../../../../src/runtime/runs/log/run-store.ts'
import { requireKnownSteps } from '../../../../src/runtime/runs/planning/run-preconditions.ts'
import { hasNoServers } from '../../../../src/runtime/runs/reconfirm.ts'

const FILES = ['0.1.0/pause-replay', '0.1.0/switchover', 'present/pause-replay', 'present/switchover'] as const
const folder = mkdtempSync(join(tmpdir(), 'pgdeck-journals-'))
after(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'runs'), { mode: 0o700 })

/** Puts the journal into the state folder; answers with the run's id. */
function kept(name: string, edited: (text: string) => string = (text) => text): string {
  const text = edited(readFileSync(new URL(`../../../journals/${name}.jsonl`, import.meta.url), 'utf8'))
  const { run } = JSON.parse(text.slice(0, text.indexOf('\n')))
  writeFileSync(join(folder, 'runs', `${run}.jsonl`), text, { mode: 0o600 })
  return run
}

describe('a kept journal', () => {
  for (const name of FILES)
    test(`${name} is read, listed and shown, and all of its steps can be run`, async () => {
      const id = kept(name)
      const run = await loadRun(folder, id)
      assert.ok(run)
      assert.equal(hasNoServers(run), name.startsWith('0.1.0'))
      assert.ok((await loadRuns(folder)).runs.some((each) => each.id === id))
      assert.ok((await interruptedRuns(folder)).some((each) => each.id === id))
      const document = runDocument(run)
      assert.equal(document.state, 'running')
      assert.ok(document.steps.length > 0)
      // Commands of the configuration are put back before a run goes on: until then they are a reference.
      const steps = run.plan.steps.filter(({ args }) => !JSON.stringify(args).includes('"configured"'))
      for (const step of steps) assert.equal(readStep(step).fits, true, step.id)
    })

  test('with an argument under another name is refused with the run, the step and the argument', async () => {
    const id = kept('present/pause-replay', (text) => text.replace('"limitMs":', '"limitMS":'))
    const run = await loadRun(folder, id)
    assert.ok(run)
    assert.throws(
      () => requireKnownSteps(run),
      (error: unknown) => {
        assert.ok(error instanceof ActionError)
        assert.equal(
          error.message,
          `run ${id} can’t be carried out: step pause (sql-call): "limitMs": a number was expected, found nothing; unknown arguments: limitMS`,
        )
        assert.match(error.hint ?? '', /Nothing was changed\. Plan again with pgdeck do pause-replay/)
        return true
      },
    )
  })

  test('of a form that this version does not know is refused, and one of an unknown kind', async () => {
    const later = kept('present/pause-replay', (text) =>
      text.replace('"kind":"sql-call",', '"kind":"sql-call","version":7,'),
    )
    const run = await loadRun(folder, later)
    assert.throws(
      () => requireKnownSteps(run ?? assert.fail()),
      /step pause \(sql-call\): another version of pgdeck wrote it/,
    )
    const odd = kept('present/pause-replay', (text) => text.replace('"kind":"sql-call"', '"kind":"sql-cull"'))
    const other = await loadRun(folder, odd)
    assert.throws(() => requireKnownSteps(other ?? assert.fail()), /has no steps of kind sql-cull/)
  })

  test('may have anything in a step that is over', async () => {
    const id = kept('0.1.0/switchover', (text) => text.replace('"bars":true', '"bars":"yes"'))
    const run = await loadRun(folder, id)
    assert.equal(run?.steps[0]?.state, 'done')
    requireKnownSteps(run ?? assert.fail())
  })
})
