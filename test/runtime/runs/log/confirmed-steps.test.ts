// A journal that was edited: steps that are not those of the confirmation are refused, and a damaged plan is told as such.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { ClusterConfig } from '../../../../src/config/config.ts'
import { ActionError } from '../../../../src/model/runs/action-error.ts'
import { type JournalEntry, plannedRun } from '../../../../src/model/runs/run.ts'
import { requireConfirmedSteps } from '../../../../src/runtime/runs/log/confirmed-steps.ts'
import { appendOrClose, beginRunLog } from '../../../../src/runtime/runs/log/run-log.ts'
import { loadRun, loadRuns } from '../../../../src/runtime/runs/log/run-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-confirmed-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const stop = ['pg_ctl', 'stop', '-D', '/srv/pg/primary', '-m', 'fast', '-w', '-t', '120']
const config = { hosts: [{ id: 'host-primary', start: null, stop }] } as unknown as ClusterConfig

/** Writes down and confirms the switchover of a kept journal as run `id`; answers with the path of its journal. */
async function confirmed(id: string): Promise<string> {
  const kept = readFileSync(new URL('../../../journals/present/switchover.jsonl', import.meta.url), 'utf8')
  const { who, plan } = JSON.parse(kept.slice(0, kept.indexOf('\n')))
  const log = await beginRunLog(
    { folder, who, changed: () => {}, config: () => config },
    plannedRun(id, who, plan, false),
  )
  await (await appendOrClose(log, { type: 'confirmed', who, how: 'test' })).close()
  return join(folder, 'runs', `${id}.jsonl`)
}

type Planned = Extract<JournalEntry, { type: 'planned' }>

function edit(path: string, change: (planned: Planned) => unknown): void {
  const [first = '', ...others] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, [JSON.stringify(change(JSON.parse(first))), ...others].join('\n'))
}

const steps = (change: (steps: Planned['plan']['steps']) => unknown) => (entry: Planned) => ({
  ...entry,
  plan: { ...entry.plan, steps: change(entry.plan.steps) },
})

const refused = (error: unknown) => {
  assert.ok(error instanceof ActionError)
  assert.match(error.message, /the steps in its journal are not those that were confirmed/)
  assert.match(error.hint ?? '', /Nothing was changed now\..* then plan again/)
  return true
}

describe('the steps of a journal', () => {
  test('are those that were confirmed, whatever else the journal says', async () => {
    const path = await confirmed('same')
    await requireConfirmedSteps(folder, 'same')
    edit(path, (entry) => ({ ...entry, at: 1 }))
    await requireConfirmedSteps(folder, 'same')
    await requireConfirmedSteps(folder, 'no-such-run')
  })

  test('in another order, with another database or with more of them are refused', async () => {
    edit(
      await confirmed('order'),
      steps((all) => all.toReversed()),
    )
    await assert.rejects(requireConfirmedSteps(folder, 'order'), refused)
    edit(
      await confirmed('more'),
      steps((all) => [...all, ...all.slice(0, 1)]),
    )
    await assert.rejects(requireConfirmedSteps(folder, 'more'), refused)
    const moved = (text: string) => JSON.parse(text.replaceAll('"database":"standby-1"', '"database":"standby-2"'))
    edit(
      await confirmed('other'),
      steps((all) => moved(JSON.stringify(all))),
    )
    await assert.rejects(requireConfirmedSteps(folder, 'other'), refused)
  })

  test('of a version that kept no digest pass', async () => {
    const path = await confirmed('earlier')
    edit(
      path,
      steps((all) => all.toReversed()),
    )
    writeFileSync(path, readFileSync(path, 'utf8').replace(/,"steps":"[0-9a-f]{64}"/, ''))
    await requireConfirmedSteps(folder, 'earlier')
  })

  test('that are no list of steps are told by the run, and other runs are listed', async () => {
    edit(
      await confirmed('damaged'),
      steps(() => null),
    )
    edit(
      await confirmed('hollow'),
      steps(() => [null]),
    )
    for (const id of ['damaged', 'hollow'])
      await assert.rejects(loadRun(folder, id), new RegExp(`the journal of run ${id} holds no plan that can be read`))
    const { runs, unreadable } = await loadRuns(folder)
    assert.equal(unreadable.length, 2)
    assert.ok(runs.some(({ id }) => id === 'same'))
  })
})
