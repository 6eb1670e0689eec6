// `pgdeck status --json` on three real databases, as a monitoring job calls it: what it prints and what it costs.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Ended } from '../cli/process.ts'
import { withCluster } from '../real/embedded.ts'
import type { Away } from './away.ts'
import { compared } from './processor-time.ts'

/**
 * For the whole process, passwords of the login included: so many times what the same Node takes for the work below, here and
 * now. A time in milliseconds would only tell how fast this machine is, and how busy.
 */
const BUDGET = 1
/** As a start does: some arithmetic, many small objects, much fresh memory. Arithmetic alone slows down less on a busy machine. */
const WORK = `let x = 0; for (let i = 0; i < 1e7; i += 1) x = (x + i * 7) % 1000003
const all = []; for (let i = 0; i < 15e4; i += 1) all.push({ name: 'n' + i, at: [i] })
JSON.parse(JSON.stringify(all))`
const ROUNDS = 13

/** `command` is pgdeck as it is called there. Fails when it costs more than its budget. */
export async function assertStatusInBudget(
  context: TestContext,
  away: Away,
  command: readonly string[],
): Promise<void> {
  await withCluster({ standbys: 2 }, async ({ nodes, password, caughtUp }) => {
    await caughtUp()
    writeFileSync(join(away.env.HOME ?? '', '.pgpass'), `*:*:*:pgdeck:${password}\n`, { mode: 0o600 })
    const databases = nodes.map(({ port }, index) => ({
      name: `db-${index + 1}`,
      dsn: `postgresql://pgdeck@127.0.0.1:${port}/postgres?sslmode=disable`,
    }))
    // Nothing to warn of: what a warning takes is no part of it.
    const cluster = { name: 'vault', interval: '15s', timeout: '15s', databases }
    writeFileSync(join(away.folder, 'pgdeck.json'), JSON.stringify({ clusters: [cluster] }))
    const status = {
      command: away.command([...command, 'status', '--json']),
      options: { cwd: away.folder, env: away.env },
      check: assertThreeRoles,
    }
    const work = {
      command: [process.execPath, '-e', WORK],
      options: { cwd: away.folder },
      check: ({ code }: Ended) => assert.equal(code, 0),
    }
    const { ratio, processorMs, clockMs } = await compared(ROUNDS, context, status, work)
    const told = `status --json: ${ratio.toFixed(2)} times the work; at least ${processorMs.toFixed(0)} ms of a processor, ${clockMs.toFixed(0)} ms on the clock`
    context.diagnostic(told)
    assert.ok(ratio < BUDGET, told)
  })
}

function assertThreeRoles({ code, out, err }: Ended): void {
  assert.equal(code, 0, err)
  const [cluster] = JSON.parse(out).clusters
  const roles = cluster.databases.map(({ role }: { role: string }) => role)
  assert.deepEqual(roles, ['primary', 'replica', 'replica'])
}
