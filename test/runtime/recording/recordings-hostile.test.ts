// A recording of somebody else: what is in it, or beside it, is read as a recording or not at all.

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openRecordings } from '../../../src/runtime/recording/recordings.ts'
import { recordedOutage } from '../../fakes/recorded.ts'

/** A file with the outage, in the folder of recordings. */
async function recordedFile(t: TestContext) {
  const opened = recordedOutage(t)
  await opened.recorder.close()
  const [name = ''] = readdirSync(opened.files)
  const path = join(opened.files, name)
  const read = async (place: { readonly file: string } | { readonly stateFolder: string }) => {
    const recordings = openRecordings(place)
    try {
      const index = await recordings.index()
      for (const each of index.segments) await recordings.read(each)
      return index
    } finally {
      await recordings.close()
    }
  }
  return { ...opened, path, read }
}

test('a file with a view in place of a table is no recording', async (t) => {
  const { path, read } = await recordedFile(t)
  assert.equal((await read({ file: path })).segments.length, 3)
  const changed = new DatabaseSync(path)
  changed.exec(`DROP TABLE marks; CREATE VIEW marks AS WITH RECURSIVE endless(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM
    endless) SELECT at, '' AS cluster, 'run' AS kind, '' AS severity, '' AS subject, '' AS text FROM endless`)
  changed.close()
  await assert.rejects(read({ file: path }), /it is not a recording of pgdeck/)
})

test('texts of any length are cut, and a part of more than 64 MB is not read', async (t) => {
  const { path, read } = await recordedFile(t)
  const changed = new DatabaseSync(path)
  changed.exec(
    `INSERT INTO marks SELECT at, cluster, kind, severity, subject, printf('%.*c', 20000000, 'x') FROM marks LIMIT 1`,
  )
  const { marks } = await read({ file: path })
  assert.deepEqual([marks.length > 1, marks.every(({ text }) => text.length <= 10_000)], [true, true])
  changed.exec('INSERT INTO pieces VALUES (1, 1000, zeroblob(65 * 1024 * 1024))')
  changed.close()
  await assert.rejects(read({ file: path }), /a recorded part is too large/)
})

test('a journal beside a file is replayed only in the folder of recordings, when nobody writes any more', async (t) => {
  const { path, folder, read } = await recordedFile(t)
  const before = readFileSync(path)
  // As a process leaves it that was killed in the middle of a transaction whose pages are in the file already.
  const writer = new DatabaseSync(path)
  writer.exec(
    'PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; DELETE FROM pieces; DELETE FROM segments',
  )
  writer.exec(`INSERT INTO meta SELECT 'x' || value, zeroblob(9000) FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT
    value + 1 FROM n WHERE value < 200) SELECT value FROM n)`)
  const [file, journal] = [readFileSync(path), readFileSync(`${path}-journal`)]
  writer.exec('ROLLBACK')
  writer.close()
  assert.notDeepEqual(file, before)
  const leave = () => {
    writeFileSync(path, file)
    writeFileSync(`${path}-journal`, journal, { mode: 0o600 })
  }
  leave()
  const copy = join(folder, 'copy.pgdeck')
  for (const end of ['', '-journal']) copyFileSync(path + end, copy + end)
  await assert.rejects(read({ file: copy }), /it was not written to its end, there is a journal beside it/)
  assert.ok(existsSync(`${copy}-journal`))
  // It may still be written.
  assert.match((await read({ stateFolder: folder })).problems[0] ?? '', /it was not written to its end/)
  const long = new Date(Date.now() - 120_000)
  utimesSync(`${path}-journal`, long, long)
  assert.equal((await read({ stateFolder: folder })).segments.length, 3)
  assert.ok(!existsSync(`${path}-journal`))
})
