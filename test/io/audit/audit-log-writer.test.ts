// The audit trail against everything that may happen to its files: other writers, crashes, and people who edit it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { auditFiles } from '../../../src/io/audit/audit-log-file.ts'
import { readAuditLog, verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { appendAuditLog } from '../../../src/io/audit/audit-log-writer.ts'
import { type AuditEntry, FIRST_AUDIT_HASH } from '../../../src/model/events/audit-entry.ts'
import { scratch } from '../../config/scratch.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'

const AT = Date.UTC(2026, 10, 22, 14, 32, 7, 123)

function entry(what: string, over: Partial<AuditEntry> = {}): AuditEntry {
  const who = { user: 'ann', ssh: '10.0.0.9', tty: '/dev/pts/1' }
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

/** A trail of these many lines, one batch each; small files where asked for. */
async function trailOf(context: TestContext, count: number, rotateBytes = 1e9): Promise<string> {
  const folder = join(scratch(context).folder, 'state')
  for (let index = 0; index < count; index += 1) {
    await appendAuditLog(folder, [entry(`line ${index + 1}`)], { rotateBytes })
  }
  return folder
}

const path = (folder: string) => join(folder, 'audit.jsonl')
const linesIn = (folder: string) => readFileSync(path(folder), 'utf8').trimEnd().split('\n')
const rewrite = (folder: string, lines: readonly string[]) => writeFileSync(path(folder), `${lines.join('\n')}\n`)
const whats = async (folder: string) => (await readAuditLog({ folder })).map(({ what }) => what)

describe('a trail', () => {
  test('keeps each entry with the hash of the line before, for its owner alone', async (context) => {
    const folder = await trailOf(context, 2)
    const [first = '', second = ''] = linesIn(folder)
    assert.deepEqual(JSON.parse(first), {
      ...entry('line 1'),
      at: '2026-11-22T14:32:07.123Z',
      previous: FIRST_AUDIT_HASH,
    })
    const { createHash } = await import('node:crypto')
    assert.equal(JSON.parse(second).previous, createHash('sha256').update(first).digest('hex'))
    assert.equal(statSync(path(folder)).mode & 0o777, 0o600)
    const verdict = await verifyAuditLog(folder)
    assert.deepEqual(verdict, {
      ok: true,
      lines: 2,
      hash: createHash('sha256').update(second).digest('hex'),
      after: null,
    })
  })

  test('that was never begun is whole, and has no entries', async (context) => {
    const { folder } = scratch(context)
    assert.deepEqual(await verifyAuditLog(join(folder, 'none')), {
      ok: true,
      lines: 0,
      hash: FIRST_AUDIT_HASH,
      after: null,
    })
    assert.deepEqual(await readAuditLog({ folder: join(folder, 'none') }), [])
  })

  test('is read by server, category, time and number, the oldest first', async (context) => {
    const folder = join(scratch(context).folder, 'state')
    await appendAuditLog(folder, [
      entry('a', { at: AT, server: 'db-1' }),
      entry('b', { at: AT + 1_000, server: 'db-2' }),
      entry('c', { at: AT + 2_000, server: null, category: 'user' }),
      entry('d', { at: AT + 3_000, server: 'db-1', plan: { steps: 2 }, result: 'done' }),
    ])
    const found = async (question: object) =>
      (await readAuditLog({ folder, ...question })).map(({ what }) => what).join('')
    assert.equal(await found({}), 'abcd')
    assert.equal(await found({ server: 'db-1' }), 'ad')
    assert.equal(await found({ category: 'user' }), 'c')
    assert.equal(await found({ since: AT + 1_000 }), 'bcd')
    assert.equal(await found({ limit: 2 }), 'cd')
    const [last] = await readAuditLog({ folder, limit: 1 })
    assert.deepEqual(last, entry('d', { at: AT + 3_000, plan: { steps: 2 }, result: 'done' }))
  })

  test('goes over several files without breaking the chain', async (context) => {
    const folder = await trailOf(context, 20, 1_000)
    assert.ok(auditFiles(folder).length > 3, String(auditFiles(folder)))
    assert.equal((await verifyAuditLog(folder)).ok, true)
    assert.deepEqual(
      await whats(folder),
      Array.from({ length: 20 }, (_, index) => `line ${index + 1}`),
    )
  })

  test('what came from outside reaches nobody’s terminal', async (context) => {
    const folder = join(scratch(context).folder, 'state')
    await appendAuditLog(folder, [entry('a\x1b[2Jb\nc')])
    assert.deepEqual(await whats(folder), ['ab c'])
    assert.equal((await verifyAuditLog(folder)).ok, true)
  })
})

describe('tampering is found', () => {
  const CASES: readonly (readonly [string, (lines: string[]) => readonly string[], number])[] = [
    ['an edit', (lines) => lines.with(2, (lines[2] ?? '').replace('line 3', 'line x')), 4],
    ['an edit of the last line', (lines) => lines.with(9, (lines[9] ?? '').replace('line 10', 'line xx')), 10],
    ['an edit of the first line', (lines) => lines.with(0, (lines[0] ?? '').replace('ann', 'eve')), 2],
    ['a blank that means nothing to JSON', (lines) => lines.with(4, `${lines[4]} `), 6],
    ['a line taken out', (lines) => lines.toSpliced(3, 1), 4],
    ['the first line taken out', (lines) => lines.slice(1), 1],
    ['the last line cut off', (lines) => lines.slice(0, -1), 9],
    ['the last five cut off', (lines) => lines.slice(0, -5), 5],
    ['two lines swapped', (lines) => lines.with(4, lines[5] ?? '').with(5, lines[4] ?? ''), 5],
    ['the last two swapped', (lines) => lines.with(8, lines[9] ?? '').with(9, lines[8] ?? ''), 9],
    ['a line put in', (lines) => lines.toSpliced(6, 0, lines[5] ?? ''), 7],
    ['an empty line put in', (lines) => lines.toSpliced(6, 0, ''), 7],
    ['everything taken out', () => [], 1],
  ]
  for (const [what, change, line] of CASES) {
    test(what, async (context) => {
      const folder = await trailOf(context, 10)
      rewrite(folder, change(linesIn(folder)))
      const verdict = await verifyAuditLog(folder)
      assert.ok(!verdict.ok, 'passed')
      assert.deepEqual([verdict.file, verdict.line], ['audit.jsonl', line])
      // And it is still found when the program goes on writing.
      await appendAuditLog(folder, [entry('afterwards')])
      assert.equal((await verifyAuditLog(folder)).ok, false)
    })
  }

  test('the end cut off in the middle of a line', async (context) => {
    const folder = await trailOf(context, 3)
    const text = readFileSync(path(folder), 'utf8')
    writeFileSync(path(folder), text.slice(0, -20))
    assert.deepEqual(await verifyAuditLog(folder), { ok: false, file: 'audit.jsonl', line: 3, why: 'is truncated' })
    await appendAuditLog(folder, [entry('afterwards')])
    assert.equal((await verifyAuditLog(folder)).ok, false)
    assert.ok((await whats(folder)).includes('afterwards'))
  })

  for (const [what, damage] of [
    ['taken away', (file: string) => rmSync(file)],
    ['damaged', (file: string) => writeFileSync(file, '{"lines":')],
  ] as const) {
    test(`the note of the end ${what}, for good`, async (context) => {
      const folder = await trailOf(context, 3)
      rewrite(folder, linesIn(folder).slice(0, 2))
      damage(join(folder, 'audit.head.json'))
      assert.equal((await verifyAuditLog(folder)).ok, false)
      await appendAuditLog(folder, [entry('afterwards')])
      const verdict = await verifyAuditLog(folder)
      assert.ok(!verdict.ok && /end was unknown/.test(verdict.why), JSON.stringify(verdict))
    })
  }

  for (const [what, index] of [
    ['the first', 0],
    ['a middle', 1],
    ['the current', -1],
  ] as const) {
    test(`${what} of several files taken away`, async (context) => {
      const folder = await trailOf(context, 20, 1_000)
      rmSync(join(folder, auditFiles(folder).at(index) ?? ''))
      assert.equal((await verifyAuditLog(folder)).ok, false)
    })
  }

  test('any change of any byte', async (context) => {
    const folder = await trailOf(context, 4)
    const whole = readFileSync(path(folder))
    const place = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(place, async ([at, by]) => {
        const changed = Buffer.from(whole)
        changed[at] = ((changed[at] ?? 0) + by) % 256
        writeFileSync(path(folder), changed)
        return !(await verifyAuditLog(folder)).ok
      }),
      { numRuns: 200 },
    )
  })
})

describe('after a crash', () => {
  let folder: string
  beforeEach(async (context) => {
    folder = await trailOf(context as TestContext, 3)
  })

  test('half a line is no tampering, and is taken away', async () => {
    appendFileSync(path(folder), '{"at":"2026-')
    assert.deepEqual((await verifyAuditLog(folder)).ok, true)
    await appendAuditLog(folder, [entry('line 4')])
    assert.deepEqual(await whats(folder), ['line 1', 'line 2', 'line 3', 'line 4'])
    assert.equal((await verifyAuditLog(folder)).ok, true)
  })

  test('a line that was written before its note counts', async () => {
    const head = readFileSync(join(folder, 'audit.head.json'))
    await appendAuditLog(folder, [entry('line 4')])
    writeFileSync(join(folder, 'audit.head.json'), head)
    assert.equal((await verifyAuditLog(folder)).ok, true)
    await appendAuditLog(folder, [entry('line 5')])
    const verdict = await verifyAuditLog(folder)
    assert.ok(verdict.ok && verdict.lines === 5, JSON.stringify(verdict))
  })

  test('a change of files that was cut off is finished', async () => {
    await appendAuditLog(folder, [entry('line 4')], { rotateBytes: 1 })
    rmSync(path(folder))
    renameSync(join(folder, 'audit.000001.jsonl'), path(folder))
    const head = JSON.parse(readFileSync(join(folder, 'audit.head.json'), 'utf8'))
    const lines = linesIn(folder)
    const { createHash } = await import('node:crypto')
    const hash = createHash('sha256')
      .update(lines.at(-1) ?? '')
      .digest('hex')
    writeFileSync(join(folder, 'audit.head.json'), JSON.stringify({ ...head, lines: 3, hash, bytes: 0 }))
    assert.equal((await verifyAuditLog(folder)).ok, true)
    await appendAuditLog(folder, [entry('line 4')])
    assert.deepEqual(auditFiles(folder), ['audit.000001.jsonl', 'audit.jsonl'])
    assert.deepEqual((await whats(folder)).length, 4)
    assert.equal((await verifyAuditLog(folder)).ok, true)
  })

  test('the lock of a process that is gone is taken over, by one at a time', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    const { hostname } = await import('node:os')
    writeFileSync(join(folder, 'audit.lock'), `${gone.pid} ${hostname()}\n`)
    await Promise.all(Array.from({ length: 10 }, (_, index) => appendAuditLog(folder, [entry(`by ${index}`)])))
    const verdict = await verifyAuditLog(folder)
    assert.ok(verdict.ok && verdict.lines === 13, JSON.stringify(verdict))
  })
})

test('three processes write at once, over several files: every line is there and the chain holds', async (context) => {
  const folder = join(scratch(context).folder, 'state')
  const writer = fileURLToPath(new URL('../../fakes/trail-writer.ts', import.meta.url))
  const names = ['ann', 'bob', 'cy']
  const children = names.map((name) => {
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, writer, folder, name, '30'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    context.after(() => child.kill('SIGKILL'))
    return once(child, 'exit')
  })
  assert.deepEqual(
    (await Promise.all(children)).map(([code]) => code),
    [0, 0, 0],
  )
  const verdict = await verifyAuditLog(folder)
  assert.ok(verdict.ok && verdict.lines === 90, JSON.stringify(verdict))
  assert.ok(auditFiles(folder).length > 2)
  for (const name of names) {
    const own = (await whats(folder)).filter((what) => what.startsWith(name))
    assert.deepEqual(
      own,
      Array.from({ length: 30 }, (_, index) => `${name} ${index}`),
    )
  }
})
