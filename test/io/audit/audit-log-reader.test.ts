// The chain of the audit trail: whole however it was written, and broken by any change of any line.

import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readAuditLog, verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { appendAuditLog } from '../../../src/io/audit/audit-log-writer.ts'
import { AUDIT_CATEGORIES, type AuditEntry } from '../../../src/model/events/audit-entry.ts'
import { clean } from '../../../src/model/values/text.ts'
import { NOW } from '../../builders/snapshot.ts'
import { scratch } from '../../config/scratch.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const entry: fc.Arbitrary<AuditEntry> = fc.record({
  at: fc.integer({ min: NOW, max: NOW + 1_000_000 }),
  who: fc.record({ user: text, ssh: fc.option(text), tty: fc.option(text) }),
  cluster: fc.option(text),
  server: fc.option(text),
  category: fc.constantFrom(...AUDIT_CATEGORIES),
  what: text,
  plan: fc.jsonValue({ maxDepth: 2 }),
  result: fc.jsonValue({ maxDepth: 1 }),
})
const batches = fc.array(fc.array(entry, { maxLength: 4 }), { minLength: 1, maxLength: 4 })

type Change = (lines: readonly string[], at: number, other: number) => readonly string[]
const CHANGES: Readonly<Record<string, Change>> = {
  'a line taken out': (lines, at) => lines.toSpliced(at, 1),
  'a line doubled': (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  'two lines exchanged': (lines, at, other) => lines.with(at, lines[other] ?? '').with(other, lines[at] ?? ''),
  'one letter changed': (lines, at, other) => {
    const line = lines[at] ?? ''
    const place = other % line.length
    return lines.with(at, `${line.slice(0, place)}${line[place] === 'x' ? 'y' : 'x'}${line.slice(place + 1)}`)
  },
  'a line put in': (lines, at) => lines.toSpliced(at, 0, '{"what":"nothing","previous":"0"}'),
}

test('any entries in any batches are whole; any change of a line breaks them', async (context) => {
  const { folder } = scratch(context)
  const change = fc.constantFrom(...Object.keys(CHANGES))
  let count = 0
  await fc.assert(
    fc.asyncProperty(batches, fc.nat(), fc.nat(), change, async (given, one, two, name) => {
      const own = join(folder, String(count++))
      for (const batch of given) await appendAuditLog(own, batch, { rotateBytes: 1_000_000 })
      const all = given.flat()
      const before = await verifyAuditLog(own)
      assert.ok(before.ok && before.lines === all.length)
      const read = await readAuditLog({ folder: own })
      assert.deepEqual(
        read.map(({ what }) => what),
        all.map(({ what }) => clean(what)),
      )
      if (all.length === 0) return
      const file = join(own, 'audit.jsonl')
      const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
      const changed = CHANGES[name]?.(lines, one % lines.length, two % lines.length) ?? lines
      writeFileSync(file, changed.map((line) => `${line}\n`).join(''))
      const isSame = changed.length === lines.length && changed.every((line, index) => line === lines[index])
      assert.equal((await verifyAuditLog(own)).ok, isSame, name)
      rmSync(own, { recursive: true })
    }),
    { numRuns: 60 },
  )
})
