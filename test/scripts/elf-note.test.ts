// The note in a Linux program: the program still runs, the note is found where a loaded program's notes are looked for.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withNote } from '../../scripts/binary/elf-note.ts'

const PROGRAM = '/bin/echo'
const CONTENT = Buffer.from('what it carries')
const options = { skip: process.platform === 'linux' && existsSync(PROGRAM) ? false : `no ${PROGRAM} of Linux` }

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

function segments(program: Buffer): readonly Segment[] {
  const start = Number(program.readBigUInt64LE(32))
  return Array.from({ length: program.readUInt16LE(56) }, (_, index) => {
    const word = (at: number) => Number(program.readBigUInt64LE(start + 56 * index + at))
    return { type: program.readUInt32LE(start + 56 * index), offset: word(8), address: word(16), size: word(40) }
  })
}

test('the program runs as before', options, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-elf-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'echo')
  writeFileSync(file, withNote(readFileSync(PROGRAM), 'A_NOTE', CONTENT), { mode: 0o755 })
  assert.equal(execFileSync(file, ['as', 'before'], { encoding: 'utf8' }), 'as before\n')
})

test('name and content are in a note of a loaded segment, after everything else', options, () => {
  const before = readFileSync(PROGRAM)
  const after = withNote(before, 'A_NOTE', CONTENT)
  const was = segments(before)
  const is = segments(after)
  assert.equal(is.length, was.length + 2)
  const note = is.at(-1)
  assert.equal(note?.type, 4)
  const at = note?.offset ?? 0
  assert.deepEqual(
    [0, 4, 8].map((word) => after.readUInt32LE(at + word)),
    [7, CONTENT.length, 0],
  )
  assert.equal(after.toString('latin1', at + 12, at + 20), 'A_NOTE\0\0')
  assert.equal(after.toString('latin1', at + 20, at + 20 + CONTENT.length), CONTENT.toString('latin1'))
  const loaded = is.filter(({ type }) => type === 1)
  const last = loaded.at(-1)
  assert.ok(
    last && last.offset <= at && last.offset + last.size === at + (note?.size ?? 0),
    'its segment holds the note',
  )
  assert.deepEqual(
    loaded.map(({ address }) => address),
    loaded.map(({ address }) => address).toSorted((a, b) => a - b),
    'segments to load are in order',
  )
  for (const { address, size } of loaded.slice(0, -1)) assert.ok(address + size <= last.address, 'nothing overlaps')
  const table = is.find(({ type }) => type === 6)
  if (was.some(({ type }) => type === 6)) assert.equal(table?.size, 56 * is.length, 'the table tells its own size')
})

test('what is no Linux program is refused', () => {
  assert.throws(() => withNote(Buffer.alloc(100), 'A_NOTE', CONTENT), /not a 64-bit Linux program/)
})
