// `pgdeck status --json` on three real databases, as a monitoring job calls it: what it prints and what it costs.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Ended } from '../cli/process.ts'
import { withCluster } from '../real/embedded.ts'
import type { Away } from './away.ts'
import { leastOf } from './processor-time.ts'

/**
 * For the whole process, passwords and encryption of the login included: so many times what this arithmetic costs here and now. A
 * time in milliseconds would only tell how fast this machine is.
 */
const BUDGET = 1.8
const ARITHMETIC = 'let x = 0; for (let i = 0; i < 3e7; i += 1) x = (x + i * 7) % 1000003'
const RUNS = 12

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
    const config = { clusters: [{ name: 'vault', timeout: '15s', databases }] }
    writeFileSync(join(away.folder, 'pgdeck.json'), JSON.stringify(config))
    const options = { cwd: away.folder, env: away.env }
    const status = away.command([...command, 'status', '--json'])
    const { processorMs, clockMs } = await leastOf(RUNS, context, status, options, assertThreeRoles)
    const measure = [process.execPath, '-e', ARITHMETIC]
    const arithmetic = await leastOf(RUNS, context, measure, { cwd: away.folder }, ({ code }) => assert.equal(code, 0))
    const told = `status --json: ${clockMs.toFixed(0)} ms, ${processorMs.toFixed(0)} ms of them of a processor; the arithmetic ${arithmetic.processorMs.toFixed(0)} ms`
    context.diagnostic(told)
    // Other tests run at the same time: only what it asks of the processor tells.
    assert.ok(processorMs < BUDGET * arithmetic.processorMs, told)
  })
}

function assertThreeRoles({ code, out, err }: Ended): void {
  assert.equal(code, 0, err)
  const [cluster] = JSON.parse(out).clusters
  const roles = cluster.databases.map(({ role }: { role: string }) => role)
  assert.deepEqual(roles, ['primary', 'replica', 'replica'])
}
