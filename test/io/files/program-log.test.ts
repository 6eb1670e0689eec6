// The log file: who may write the folder can't lead what is written somewhere else.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lchownSync, readFileSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openProgramLog } from '../../../src/io/files/program-log.ts'
import { scratch } from '../../config/scratch.ts'

const NOBODY = 65_534
const IS_ROOT = process.getuid?.() === 0

test('a log that was moved away is begun anew, and a link of one’s own is followed to where it led at the start', (context) => {
  const { folder, write } = scratch(context)
  const real = write('real.log', '')
  const file = join(folder, 'link.log')
  symlinkSync(real, file)
  const log = openProgramLog({ file, level: 'info' })
  log.write('info', 'one')
  renameSync(real, `${real}.1`)
  log.write('info', 'two')
  assert.match(readFileSync(`${real}.1`, 'utf8'), /one\n$/)
  assert.match(readFileSync(real, 'utf8'), /^[^\n]* two\n$/)
})

test('a pipe holds up nothing: neither one that is there at the start, nor one that is put in the place of the log', (context) => {
  const { folder } = scratch(context)
  const file = join(folder, 'the.log')
  const log = openProgramLog({ file, level: 'info' })
  log.write('info', 'one')
  unlinkSync(file)
  execFileSync('mkfifo', [file])
  log.write('error', 'two')
  assert.throws(
    () => openProgramLog({ file, level: 'info' }),
    /the\.log exists already, and is not a file: name a new file/,
  )
})

describe('in a folder where others may write', { skip: !IS_ROOT && 'needs root' }, () => {
  test('what they put in the place of the log gets nothing, nor does what their link leads to', (context) => {
    for (const kind of ['link', 'file'] as const) {
      const { folder, write } = scratch(context)
      chmodSync(folder, 0o777)
      const victim = write('victim', 'VICTIM')
      const file = join(folder, 'the.log')
      const log = openProgramLog({ file, level: 'info' })
      log.write('info', 'one')
      unlinkSync(file)
      if (kind === 'link') {
        symlinkSync(victim, file)
        lchownSync(file, NOBODY, NOBODY)
      } else {
        write('the.log', '')
        chownSync(file, NOBODY, NOBODY)
      }
      log.write('error', 'two')
      assert.equal(readFileSync(victim, 'utf8'), 'VICTIM')
      assert.equal(readFileSync(file, 'utf8'), kind === 'link' ? 'VICTIM' : '')
    }
  })
})
