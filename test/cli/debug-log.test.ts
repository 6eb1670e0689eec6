// `--log-level debug`: what was polled and connected to, how long it took and what came of it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratch } from '../config/scratch.ts'
import { withCluster } from '../real/embedded.ts'
import { startPgdeck } from './process.ts'

const DSNS = ['postgresql://app:hunter2secret@127.0.0.1:1/app', 'postgresql://app:hunter2secret@127.0.0.1:2/app']

test('each poll and each connection has a line with its outcome, and no secret is in one', async (context) => {
  const { folder } = scratch(context)
  const file = join(folder, 'debug.log')
  const args = [
    'status',
    '--watch',
    '--json',
    '--interval',
    '100ms',
    '--log-file',
    file,
    '--log-level',
    'debug',
    ...DSNS,
  ]
  const running = startPgdeck(context, args, { cwd: folder, env: { PGDECK_STATE_DIR: join(folder, 'state') } })
  await running.lines(5)
  running.child.kill('SIGTERM')
  await running.ended
  const text = readFileSync(file, 'utf8')
  for (const port of [1, 2]) {
    const polls = text.match(
      new RegExp(`debug poll 127\\.0\\.0\\.1:${port} \\(127\\.0\\.0\\.1:${port}\\): refused, \\d+ ms$`, 'gm'),
    )
    assert.ok((polls?.length ?? 0) >= 5, `${polls?.length} polls of port ${port}`)
    assert.match(
      text,
      new RegExp(`debug connect 127\\.0\\.0\\.1:${port} (?:tls|plain) \\(watch\\): refused, \\d+ ms$`, 'm'),
    )
  }
  assert.doesNotMatch(text, /hunter2secret/)
})

test('less than debug has none of them', async (context) => {
  const { folder } = scratch(context)
  const file = join(folder, 'info.log')
  await startPgdeck(context, ['status', '--log-file', file, '--log-level', 'info', ...DSNS], { cwd: folder }).ended
  assert.doesNotMatch(readFileSync(file, 'utf8'), /poll|connect/)
})

test('an act has a line for each of its steps, and for the sessions it opens', async (context) => {
  const { folder, write } = scratch(context)
  const file = join(folder, 'act.log')
  await withCluster({}, async ({ primary, password }) => {
    const databases = [{ name: 'db-a', dsn: `postgresql://postgres:${password}@127.0.0.1:${primary.port}/postgres` }]
    const config = write('pgdeck.json', JSON.stringify({ clusters: [{ name: 'vault', databases }] }))
    const args = ['do', 'checkpoint', 'db-a', '--yes', '-c', config, '--log-file', file, '--log-level', 'debug']
    const env = { PGDECK_STATE_DIR: join(folder, 'state') }
    const { code, err } = await startPgdeck(context, args, { cwd: folder, env }).ended
    assert.equal(code, 0, err)
    const text = readFileSync(file, 'utf8')
    for (const what of ['step-started checkpoint, attempt 1', 'step-done checkpoint', 'ended, done'])
      assert.match(text, new RegExp(`debug run [\\w-]+: ${what}$`, 'm'))
    assert.match(text, /debug connect 127\.0\.0\.1:\d+ plain \(act\): ok, \d+ ms$/m)
    assert.equal(text.includes(password), false)
    assert.doesNotMatch(text, /debug .*(?:checkpoint\(|select)/i)
  })
})
