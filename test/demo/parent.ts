// Launched by survival.test.ts: starts a primary and a frozen standby, tells their processes, and waits to be killed. It ends
// with its input, which is the test's end.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { addStandby, startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { childProcessIds } from '../../src/io/process/process.ts'

const primary = await startPrimary()
const standby = await addStandby(primary)
await standby.freeze()
const pids = [primary, standby].flatMap((node) => {
  const pid = Number.parseInt(readFileSync(join(node.dataDirectory, 'postmaster.pid'), 'utf8'), 10)
  return [pid, ...childProcessIds(pid)]
})
process.stdout.write(`${JSON.stringify({ folder: primary.scratch.path, pids })}\n`)
process.stdin.resume().once('end', () => process.exit())
