// `--log-level debug`: what was polled and connected to, how long it took and what came of it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratch } from '../config/scratch.ts'
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
