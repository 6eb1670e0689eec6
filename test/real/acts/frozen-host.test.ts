// A host that freezes in the middle of a promotion: another one overrules it and promotes, and what wakes up promotes nothing.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listRunIds } from '../../../src/io/runs/journal.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { actingOn } from '../../fakes/acting.ts'
import type { KilledTask } from '../../fakes/killed-acting.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { hostOf, isPrimary } from './promoting.ts'

const CHILD = fileURLToPath(new URL('../../fakes/killed-acting.ts', import.meta.url))

/** Its third field of /proc/PID/stat: T while it is stopped. */
function isStopped(pid: number): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] === 'T'
}

// The plan, the consent, the beginning; then each step's lines: fence-old-primary begins, ran, is done, promote begins.
for (const lines of [3, 6, 7])
  test(`frozen after line ${lines} of its journal`, { skip: process.platform !== 'linux' }, async () => {
    await withCluster({ standbys: 2 }, async ({ primary, standbys, nodes }) => {
      const [first, second] = standbys
      assert.ok(first && second)
      const databases = nodes.map((node) => ({
        name: node.name,
        dsn: `${node.dsn()}?sslmode=disable`,
        host: `host-${node.name}`,
      }))
      const options = { databases, hosts: nodes.map(hostOf) }
      const folder = mkdtempSync(join(tmpdir(), 'pgdeck-frozen-'))
      const bob = await actingOn(options)
      await primary.kill()
      const task: KilledTask = {
        options: { ...options, folder },
        action: 'promote',
        target: first.name,
        lines,
        freezes: true,
      }
      const child = spawn(process.execPath, ['--import', TYPESCRIPT, CHILD, JSON.stringify(task)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const ended = once(child, 'close')
      try {
        await until('it is frozen', 30_000, () => isStopped(child.pid ?? 0) || child.exitCode !== null)
        const request = { action: 'promote', target: second.name, input: {} }
        const blocked = await bob.executor.propose(request)
        assert.match(
          blocked.plan.checks.find(({ id }) => id === 'run-lock')?.message ?? '',
          /^another run holds this cluster: \S+ runs promote standby-1, (none of \d steps begun|step \d of \d)/,
        )
        const planned = await bob.executor.propose(request, { 'run-lock': 'its host is frozen' })
        const answer = { kind: 'typed', text: second.name } as const
        const done = await bob.executor.start(planned, { answer, givenBy: 'test', skips: {} })
        assert.equal(done.state, 'done', done.why ?? '')
        process.kill(child.pid ?? 0, 'SIGCONT')
        await ended
        const [id = ''] = await listRunIds(folder)
        const left = await loadRun(folder, id)
        assert.notEqual(left?.state, 'done')
        const writable = await Promise.all([first, second].map(isPrimary))
        assert.deepEqual(writable, [false, true], `${left?.state}: ${left?.why}`)
      } finally {
        child.kill('SIGKILL')
        await ended
        await bob.close()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  })
