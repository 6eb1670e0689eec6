// An act of a manager that a pgdeck asks for which is killed meanwhile, and that another one resumes.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listRunIds } from '../../../../src/io/runs/journal.ts'
import { ActionError } from '../../../../src/model/runs/action-error.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import { type ActingOptions, actingOn } from '../../../fakes/acting.ts'
import { TYPESCRIPT } from '../../../fakes/typescript.ts'
import { until } from '../../../wait.ts'

const CHILD = fileURLToPath(new URL('../../../fakes/killed-acting.ts', import.meta.url))

export function assertDone(run: Run): void {
  const left = run.steps.filter(({ state }) => state !== 'done')
  const blocked = run.plan.checks.filter(({ result }) => result === 'fail')
  assert.equal(run.state, 'done', JSON.stringify({ title: run.plan.title, why: run.why, left, blocked }, null, 1))
}

interface Interrupted {
  readonly options: Pick<ActingOptions, 'databases' | 'hosts' | 'cluster'>
  readonly action: string
  readonly target: string
  /** After so many lines of the journal; with `afterMs`, so long after them. */
  readonly lines?: number
  /** Or after the line of this type about this step. */
  readonly after?: { readonly type: string; readonly step: string }
  readonly afterMs?: number
}

/** Starts the act in a process of its own, kills that at the moment, and resumes the run here. */
export async function killedAndResumed({ options, ...moment }: Interrupted): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-asked-'))
  try {
    const task = JSON.stringify({ options: { ...options, folder }, ...moment })
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, CHILD, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => void said.push(text))
    const [, signal] = await once(child, 'exit')
    assert.equal(signal, 'SIGKILL', `it was killed, and did not end by itself: ${said.join('')}`)
    const [id = ''] = await listRunIds(folder)
    const acting = await actingOn({ ...options, folder })
    try {
      let run: Run | null = null
      await until('the killed run holds the cluster no longer', 30_000, async () => {
        try {
          run = await acting.executor.resume(id, { skips: {} })
          return true
        } catch (error) {
          if (error instanceof ActionError && error.message.startsWith('another run holds this cluster')) return false
          throw error
        }
      })
      return run ?? assert.fail('it was not resumed')
    } finally {
      await acting.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
