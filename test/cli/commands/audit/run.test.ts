// `pgdeck audit` as a process: what it prints, and how it exits when somebody has touched the trail.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseSince } from '../../../../src/cli/invocation/shared-options.ts'
import { appendAuditLog } from '../../../../src/io/audit/audit-log-writer.ts'
import type { AuditEntry } from '../../../../src/model/events/audit-entry.ts'
import { scratch } from '../../../config/scratch.ts'
import { startPgdeck } from '../../process.ts'

const AT = Date.UTC(2026, 10, 22, 14, 32, 7, 123)

function entry(what: string, over: Partial<AuditEntry> = {}): AuditEntry {
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
  await appendAuditLog(folder, [
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
      source: 'pgdeck',
      from: '10.0.0.9',
      applicationCategory: null,
      clockAheadMs: 0,
      outage: false,
    })
  })

  test('prints the audits of the applications too; one that can’t be read is told and hides nothing', async (context) => {
    const { folder, audit } = await kept(context)
    const file = join(folder, 'app-audit.log')
    writeFileSync(
      file,
      `2026-11-22 15:32:07 bob [10.0.0.8] User: password=hunter2hunter2 retrieved\n2026-11-22 15:40:00 - [-] Task: backup\n`,
    )
    const pattern = '{time} {who} [{from}] {category}: {what}'
    const server = { type: 'primary', url: 'http://127.0.0.1:1/', database: 'db-1', host: 'h1' }
    const cluster = {
      name: 'vault',
      model: 'mirrored',
      databases: ['db-1', 'db-2'].map((name) => ({ name, dsn: 'postgresql://pgdeck@127.0.0.1:1/postgres' })),
      hosts: [{ name: 'h1', local: true }],
      servers: [
        { ...server, name: 'app-1', audit: { file, pattern, timeZone: 'Europe/Berlin' } },
        {
          ...server,
          ...{ name: 'app-2', type: 'secondary', database: 'db-2', audit: { file: `${file}.none`, pattern } },
        },
      ],
    }
    const config = join(folder, 'pgdeck.json')
    writeFileSync(config, JSON.stringify({ clusters: [cluster] }), { mode: 0o600 })
    await appendAuditLog(folder, [
      entry('receives no changes from db-1 any more: they diverge', { at: AT - 60_000, server: 'db-2' }),
      entry('merged after 2 min: has all 118 kB that db-1 wrote meanwhile', { at: AT + 60_000, server: 'db-2' }),
    ])
    const text = await audit('--config', config, '--since', '2026-11-22T14:32Z')
    assert.equal(text.code, 0)
    assert.match(
      text.err,
      /the audit of app-2 \(.*app-audit\.log\.none on h1\) can't be read: there is no file .* Check/,
    )
    const rows = text.out.trimEnd().split('\n').slice(1)
    assert.equal(rows.length, 5)
    assert.match(rows[0] ?? '', /14:32:07\.000Z {2}application {2}user .* app-1 {3}bob from 10\.0\.0\.8 /)
    assert.match(rows[1] ?? '', /14:32:07\.123Z {2}pgdeck .* active again/)
    assert.doesNotMatch(text.out, /hunter2/)

    const outage = await audit('--config', config, '--outage', '--json')
    const document = JSON.parse(outage.out)
    assert.deepEqual(
      document.entries.map(({ source, server: about }: { source: string; server: string }) => `${source} ${about}`),
      ['pgdeck db-2', 'application app-1', 'pgdeck db-1', 'pgdeck db-2', 'pgdeck db-2'],
    )
    assert.deepEqual(
      document.outages.map(({ to }: { to: string }) => to),
      ['2026-11-22T14:33:07.123Z'],
    )
    assert.deepEqual(
      document.sources.map(({ entries, problem }: { entries: number; problem: string | null }) => [
        entries,
        problem === null,
      ]),
      [
        [2, true],
        [0, false],
      ],
    )
    const own = await audit('--config', config, '--source', 'pgdeck', '--category', 'user')
    assert.deepEqual([own.err, own.out.trimEnd().split('\n').length], ['', 2])
    const tasks = await audit('--config', config, '--category', 'task', '--server', 'app-1')
    assert.match(tasks.out, /application {2}task .* backup/)
  })

  test('--verify exits 0 for a trail nobody has touched and 1 with file and line for one that was', async (context) => {
    const { folder, audit } = await kept(context)
    const well = await audit('--verify')
    assert.equal(well.code, 0)
    assert.match(well.out, /: 3 lines, all unchanged; hash of the last one: [0-9a-f]{64}\n$/)

    const path = join(folder, 'audit.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('inactive: refused', 'inactive: planned'))
    const bad = await audit('--verify')
    assert.equal(bad.code, 1)
    assert.match(bad.out, /: tampered with: audit\.jsonl, line 2 does not follow/)
    const { ok, line } = JSON.parse((await audit('--verify', '--json')).out)
    assert.deepEqual([ok, line], [false, 2])
  })

  test('--hash finds a line that was noted elsewhere, and a trail that was written anew', async (context) => {
    const { folder, audit } = await kept(context)
    const hashOf = ({ out }: { readonly out: string }) => /[0-9a-f]{64}/.exec(out)?.[0] ?? ''
    const noted = hashOf(await audit('--verify'))
    const now = await audit('--hash', noted.toUpperCase())
    assert.equal(now.code, 0)
    assert.match(
      now.out,
      /: 3 lines, all unchanged; the noted hash is that of line 3, no line came after it; hash of the/,
    )
    await appendAuditLog(folder, [entry('more'), entry('and more')])
    const later = await audit('--verify', '--hash', noted)
    assert.match(later.out, /: 5 lines, all unchanged; the noted hash is that of line 3, 2 lines came after it/)
    assert.equal(JSON.parse((await audit('--verify', '--hash', noted, '--json')).out).after, 2)
    assert.equal(JSON.parse((await audit('--verify', '--json')).out).after, null)
    const start = await audit('--verify', '--hash', '0'.repeat(64))
    assert.match(start.out, /of line 0, 5 lines came after it/)

    // Whole in itself, its head too: only what was noted shows it.
    rmSync(folder, { recursive: true })
    await appendAuditLog(folder, [entry('inactive: planned'), entry('active again'), entry('silenced')])
    assert.equal((await audit('--verify')).code, 0)
    const forged = await audit('--verify', '--hash', noted)
    assert.equal(forged.code, 1)
    assert.match(forged.out, /tampered with: audit\.jsonl, line 3 is the last line, and no line has the recorded hash/)
    const usage = await audit('--verify', '--hash', noted.slice(1))
    assert.equal(usage.code, 64)
    assert.match(usage.err, /64 hexadecimal digits/)
  })

  test('--verify misses the trail of runs that are there', async (context) => {
    const { folder, audit } = await kept(context)
    const run = '20261122T143207Z-reload-db-1-7f3a'
    const another = '20261122T143300Z-reload-db-1-8a4b'
    const told = (id: string) => entry('reload db-1: planned', { category: 'user', plan: { run: id } })
    mkdirSync(join(folder, 'runs'), { mode: 0o700 })
    const journal = (id: string, text = '{"type":"planned"}\n') =>
      writeFileSync(join(folder, 'runs', `${id}.jsonl`), text)
    await appendAuditLog(folder, [told(run)])
    journal(run)
    // One that is about to be planned: its file is made before anything is written anywhere.
    journal(another, '')
    assert.equal((await audit('--verify')).code, 0)
    journal(another)
    const begun = await audit('--verify')
    assert.equal(begun.code, 1)
    assert.match(begun.out, new RegExp(`runs/${another}\\.jsonl, line 1 is of a run without entries in the audit log`))

    for (const name of ['audit.jsonl', 'audit.head.json']) rmSync(join(folder, name))
    const gone = await audit('--verify')
    assert.equal(gone.code, 1)
    assert.match(
      gone.out,
      new RegExp(`runs/${run}\\.jsonl, line 1 .* removed, or started again \\(and 1 more such runs`),
    )
    await appendAuditLog(folder, [entry('active again'), told(another)])
    const anew = await audit('--verify', '--json')
    assert.deepEqual([anew.code, JSON.parse(anew.out).file], [1, `runs/${run}.jsonl`])
  })

  test('nothing at all is whole', async (context) => {
    const { folder, audit } = await kept(context)
    rmSync(folder, { recursive: true })
    const empty = await audit('--verify')
    assert.equal(empty.code, 0)
    assert.match(empty.out, /: 0 lines/)
    const missing = await audit('--verify', '--hash', 'a'.repeat(64))
    assert.equal(missing.code, 1)
  })

  test('a trail that can not be read is told in one line', async (context) => {
    const { folder, write } = scratch(context)
    const place = write('state', 'a file where the folder should be')
    const env = { PGDECK_STATE_DIR: place }
    const { code, err } = await startPgdeck(context, ['audit'], { cwd: folder, env }).ended
    assert.equal(code, 1)
    assert.match(err, /^pgdeck: .*state: the audit log can['’]t be read: .*\n$/)
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
