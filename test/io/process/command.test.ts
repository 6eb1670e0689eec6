// Programs that are run for the user: their outcome, and their end with this process.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { runCommand } from '../../../src/io/process/command.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { serveHttp } from '../../fakes/web.ts'
import { within } from '../../wait.ts'

test('exit code, output and the ending signal are told apart', async () => {
  const run = (script: string) => runCommand([process.execPath, '-e', script], within(10_000))
  assert.deepEqual(await run('console.log(1); console.error(2); process.exitCode = 4'), {
    exitCode: 4,
    signal: null,
    stdout: '1',
    stderr: '2',
  })
  assert.equal((await run('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)')).signal, 'SIGTERM')
})

test('a limit that has passed runs nothing', async () => {
  await assert.rejects(runCommand(['/no/such/program'], AbortSignal.abort()), (error) => {
    return error instanceof FaultError && error.fault.code === 'timeout'
  })
})

test('a command ends when the process that runs it exits', { skip: process.platform === 'win32' }, async (context) => {
  const started = Promise.withResolvers<void>()
  const died = Promise.withResolvers<void>()
  const url = await serveHttp(context, (request) => {
    request.socket.once('close', () => died.resolve())
    started.resolve()
  })
  const child = `require('http').get(${JSON.stringify(url)}); setInterval(() => {}, 1000)`
  const script = `
    import { runCommand } from ${JSON.stringify(new URL('../../../src/io/process/command.ts', import.meta.url).href)}
    process.on('SIGTERM', () => process.exit(0))
    void runCommand([process.execPath, '-e', ${JSON.stringify(child)}], AbortSignal.timeout(60_000))`
  const parent = spawn(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', script], {
    stdio: 'ignore',
  })
  await started.promise
  parent.kill('SIGTERM')
  await once(parent, 'exit')
  await died.promise
})
