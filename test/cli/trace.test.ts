// `--trace` beside a command: what can't be written is told once and ends nothing; what ends before watching leaves no file.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseTrace } from '../../src/state/trace/trace-format.ts'
import { scratch } from '../config/scratch.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { start, startPgdeck } from './process.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DSN = 'postgresql://app:hunter2secret@127.0.0.1:1/app'

test('a trace that can’t be written any more is told once, and the command goes on', async (context) => {
  const { folder } = scratch(context)
  const node = [process.execPath, '--no-warnings', '--import', TYPESCRIPT, MAIN]
  const args = ['status', '--watch', '--json', '--interval', '100ms', '--trace', 'trace.jsonl', DSN]
  // Files may have 4 KiB: what comes after is refused by the system.
  const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 4; exec "$@"', 'bash', ...node, ...args]
  const running = start(context, limited, { cwd: folder, env: { NODE_DISABLE_COMPILE_CACHE: '1' } })
  await running.lines(30)
  running.child.kill('SIGTERM')
  const { err, code } = await running.ended
  assert.equal(code, 143)
  assert.deepEqual(err.match(/the trace ends here: .*/g)?.length, 1, err)
  const text = readFileSync(join(folder, 'trace.jsonl'), 'utf8')
  assert.equal(text.length, 4096)
  assert.equal(parseTrace(text).isTorn, true)
})

test('a link is never followed, and a configuration that is wrong leaves no file', async (context) => {
  const { folder, write } = scratch(context)
  const victim = write('victim', 'VICTIM')
  symlinkSync(victim, join(folder, 'link'))
  const linked = await startPgdeck(context, ['status', '--trace', 'link', '--force', DSN], { cwd: folder }).ended
  assert.equal(linked.code, 64)
  assert.match(linked.err, /--trace link: is a symbolic link/)
  assert.equal(readFileSync(victim, 'utf8'), 'VICTIM')
  const config = write('wrong.json', '{}')
  const wrong = await startPgdeck(context, ['status', '--trace', 'new', '-c', config], { cwd: folder }).ended
  assert.equal(wrong.code, 78)
  assert.equal(existsSync(join(folder, 'new')), false)
})

test('an action replaces no trace, and does not tell of an option that it has not', async (context) => {
  const { folder, write } = scratch(context)
  write('trace.jsonl', 'KEPT')
  write('config.json', JSON.stringify({ clusters: [{ name: 'c', databases: [{ name: 'app', dsn: DSN }] }] }))
  const args = ['do', 'reload', 'app', '--trace', 'trace.jsonl', '--config', 'config.json']
  const ran = await startPgdeck(context, args, { cwd: folder }).ended
  assert.equal(ran.code, 64)
  assert.match(ran.err, /--trace trace\.jsonl: something exists already: name a new file/)
  assert.doesNotMatch(ran.err, /--force/)
  assert.equal(readFileSync(join(folder, 'trace.jsonl'), 'utf8'), 'KEPT')
})
