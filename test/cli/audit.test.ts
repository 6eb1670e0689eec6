// `pgdeck audit` as a process: what it prints, and how it exits when somebody has touched the trail.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseSince } from '../../src/cli/since.ts'
import { appendTrail } from '../../src/io/trail.ts'
import type { TrailEntry } from '../../src/model/trail.ts'
import { scratch } from '../config/scratch.ts'
import { startPgdeck } from './process.ts'

const AT = Date.UTC(2026, 10, 22, 14, 32, 7, 123)

function entry(what: string, over: Partial<TrailEntry> = {}): TrailEntry {
  const who = { user: 'ann', ssh: '10.0.0.9', tty: null }
  return {
    at: AT,
    who,
    cluster: 'vault',
    server: 'db-1',
    category: 'resource',
    what,
    plan: null,
    result: null,
    ...over,
  }
}

async function kept(context: TestContext) {
  const cwd = scratch(context).folder
  const folder = join(cwd, 'state')
  await appendTrail(folder, [
    entry('inactive: refused', { at: AT - 7_200_000 }),
    entry('active again', { at: AT }),
    entry('silenced sessions: load test', { at: AT + 1_000, category: 'user', server: 'db-2' }),
  ])
  const audit = (...args: readonly string[]) =>
    startPgdeck(context, ['audit', ...args], { cwd, env: { PGDECK_STATE_DIR: folder } }).ended
  return { folder, audit }
}

describe('pgdeck audit', () => {
  test('prints what is asked for, as text and as JSON, without a configuration', async (context) => {
    const { audit } = await kept(context)
    const text = await audit('--since', '2026-11-22T14:00Z')
    assert.deepEqual([text.code, text.err], [0, ''])
    const lines = text.out.trimEnd().split('\n')
    assert.equal(lines.length, 3)
    assert.match(
      lines[1] ?? '',
      /^2026-11-22T14:32:07\.123Z {2}resource {2}vault {4}db-1 {4}ann from 10\.0\.0\.9 {2}active again$/,
    )

    const { out, code } = await audit('--json', '--server', 'db-2', '--category', 'user')
    const { who, ...rest } = JSON.parse(out).entries[0]
    assert.deepEqual([code, JSON.parse(out).schema, JSON.parse(out).entries.length], [0, 'pgdeck.audit/1', 1])
    assert.deepEqual(who, { user: 'ann', ssh: '10.0.0.9', tty: null })
    assert.deepEqual(rest, {
      at: '2026-11-22T14:32:08.123Z',
      cluster: 'vault',
      server: 'db-2',
      category: 'user',
      what: 'silenced sessions: load test',
      plan: null,
      result: null,
    })
  })

  test('--verify exits 0 for a trail nobody has touched and 1 with file and line for one that was', async (context) => {
    const { folder, audit } = await kept(context)
    const well = await audit('--verify')
    assert.equal(well.code, 0)
    assert.match(well.out, /: 3 lines, none touched; hash of the last one: [0-9a-f]{64}\n$/)

    const path = join(folder, 'audit.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('inactive: refused', 'inactive: planned'))
    const bad = await audit('--verify')
    assert.equal(bad.code, 1)
    assert.match(bad.out, /: tampered with: audit\.jsonl, line 2 does not follow/)
    const { ok, line } = JSON.parse((await audit('--verify', '--json')).out)
    assert.deepEqual([ok, line], [false, 2])
  })

  test('a trail that can not be read is told in one line', async (context) => {
    const { folder, write } = scratch(context)
    const place = write('state', 'a file where the folder should be')
    const env = { PGDECK_STATE_DIR: place }
    const { code, err } = await startPgdeck(context, ['audit'], { cwd: folder, env }).ended
    assert.equal(code, 1)
    assert.match(err, /^pgdeck: .*state: the audit trail can’t be read: .*\n$/)
  })

  test('wrong usage exits 64', async (context) => {
    const { audit } = await kept(context)
    for (const args of [
      ['--since', 'yesterday'],
      ['--category', 'x'],
    ]) {
      const { code, err } = await audit(...args)
      assert.equal(code, 64)
      assert.match(err, /Allowed/)
    }
  })
})

test('a time in the past', () => {
  assert.equal(parseSince('2h', AT), AT - 7_200_000)
  assert.equal(parseSince('2026-11-22T14:00Z', AT), Date.UTC(2026, 10, 22, 14))
  assert.equal(parseSince('2026-11-22T14:00:30+02:00', AT), Date.UTC(2026, 10, 22, 12, 0, 30))
  assert.equal(parseSince('2026-11-22', AT), new Date(2026, 10, 22).getTime())
  assert.equal(parseSince('2026-11-22 08:30', AT), new Date(2026, 10, 22, 8, 30).getTime())
  for (const wrong of ['', 'yesterday', '22.11.2026', '2026-13-40', '2', '-2h'])
    assert.equal(parseSince(wrong, AT), null)
})
