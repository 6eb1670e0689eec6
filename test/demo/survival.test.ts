// Nothing outlives the program that launched it, not even when that is killed without a chance to clean up.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../src/demo/until.ts'
import { isAlive } from '../../src/io/process.ts'

const PARENT = fileURLToPath(new URL('./parent.ts', import.meta.url))

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`servers, also a frozen one, and their folder are gone after ${signal}`, async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface(parent.stdout), 'line')
    const { folder, pids }: { folder: string; pids: number[] } = JSON.parse(line)
    assert.ok(pids.length >= 4)
    assert.ok(pids.every(isAlive))
    assert.ok(existsSync(folder))
    parent.kill(signal)
    await once(parent, 'exit')
    await until('all processes have ended', 10_000, () => !pids.some(isAlive))
    await until('the folder is gone', 10_000, () => !existsSync(folder))
  })
}
