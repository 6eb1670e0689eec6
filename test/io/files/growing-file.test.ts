import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type GrowingFileOptions, LAST_BYTES, openGrowingFile } from '../../../src/io/files/growing-file.ts'
import { scratch } from '../../config/scratch.ts'
import { until } from '../../wait.ts'

function optionsFor(path: string, over: Partial<GrowingFileOptions> = {}): GrowingFileOptions & { problems: string[] } {
  const problems: string[] = []
  return {
    path,
    force: false,
    maxBytes: 1_000_000,
    maxWaitingBytes: 1_000_000,
    lastText: (limit) => `cut: ${limit}\n`,
    onFailed: (problem) => problems.push(problem),
    problems,
    ...over,
  }
}

describe('a file that grows', () => {
  test('has its name at once, is its owner’s alone, and holds everything in order', async (context) => {
    const { folder } = scratch(context)
    const path = join(folder, 'trace')
    const file = openGrowingFile(optionsFor(path))
    file.write(() => 'first\n')
    await until('the first line is in the file', 1_000, () => readFileSync(path, 'utf8') === 'first\n')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const lines = Array.from({ length: 1_000 }, (_, index) => `${index}\n`)
    for (const line of lines) file.write(() => line)
    await file.close()
    await file.close()
    assert.equal(readFileSync(path, 'utf8'), `first\n${lines.join('')}`)
    assert.deepEqual(readdirSync(folder), ['trace'])
  })

  test('takes the place of no file unless that is forced, and never of a link', (context) => {
    const { folder, write } = scratch(context)
    const plain = write('plain', 'PLAIN')
    symlinkSync(plain, join(folder, 'link'))
    assert.throws(() => openGrowingFile(optionsFor(plain)), { name: 'FileError', message: /exists/ })
    assert.throws(() => openGrowingFile(optionsFor(join(folder, 'link'), { force: true })), {
      message: /symbolic link/,
    })
    assert.equal(readFileSync(plain, 'utf8'), 'PLAIN')
    assert.deepEqual(readdirSync(folder).sort(), ['link', 'plain'])
  })

  test('ends at its limits with a last text that says so, and asks for nothing more', async (context) => {
    const { folder } = scratch(context)
    const limits = [
      ['size', { maxBytes: LAST_BYTES + 10 }],
      ['disk', { maxWaitingBytes: 10 }],
    ] as const
    for (const [name, limit] of limits) {
      const file = openGrowingFile(optionsFor(join(folder, name), limit))
      file.write(() => '12345678\n')
      file.write(() => '12345678\n')
      file.write(() => assert.fail('it has ended'))
      await file.close()
      assert.equal(readFileSync(join(folder, name), 'utf8'), `12345678\ncut: ${name}\n`)
    }
  })
})
