import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openOutputFile, renameIntoPlace, writeOutputFile } from '../../../src/io/files/output-file.ts'
import { FileError } from '../../../src/io/files/text-files.ts'
import { scratch } from '../../config/scratch.ts'

const NEW = { force: false }
const FORCED = { force: true }
const IS_ROOT = process.getuid?.() === 0

describe('a file that a user asks for', () => {
  test('is new, its owner’s alone, and there only when it is whole', (context) => {
    const { folder } = scratch(context)
    const path = join(folder, 'a.md')
    const file = openOutputFile(path, NEW)
    writeFileSync(file.descriptor, 'half')
    assert.equal(existsSync(path), false)
    file.finish()
    assert.equal(readFileSync(path, 'utf8'), 'half')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(folder), ['a.md'])
  })

  test('takes the place of nothing, whatever it is; with force only of a plain file', (context) => {
    const { folder, write } = scratch(context)
    const victim = write('victim', 'VICTIM')
    const at = (name: string) => join(folder, name)
    write('plain', 'PLAIN')
    symlinkSync(victim, at('link'))
    symlinkSync(at('nowhere'), at('dangling'))
    symlinkSync(at('loop'), at('loop'))
    mkdirSync(at('folder'))
    symlinkSync(at('folder'), at('link-to-folder'))
    execFileSync('mkfifo', [at('fifo')])
    linkSync(victim, at('hard'))
    const before = readdirSync(folder)
    for (const name of ['plain', 'link', 'dangling', 'loop', 'folder', 'link-to-folder', 'fifo', 'hard']) {
      assert.throws(() => writeOutputFile(at(name), 'x', NEW), FileError, name)
      if (name === 'plain' || name === 'hard') continue
      assert.throws(
        () => writeOutputFile(at(name), 'x', FORCED),
        /link, and pgdeck follows none|not a file|a folder/,
        name,
      )
    }
    assert.throws(() => writeOutputFile('/dev/stdout', 'x', FORCED), /link|not a file/)
    assert.throws(() => writeOutputFile('/dev/null', 'x', FORCED), /not a file/)
    assert.throws(() => writeOutputFile(at('plain/a'), 'x', NEW), /a part of the path is not a folder/)
    assert.deepEqual(readdirSync(folder), before)
    for (const name of ['plain', 'hard']) writeOutputFile(at(name), 'x', FORCED)
    assert.equal(readFileSync(victim, 'utf8'), 'VICTIM', 'what other names lead to stays')
    assert.deepEqual([readFileSync(at('plain'), 'utf8'), readFileSync(at('hard'), 'utf8')], ['x', 'x'])
    assert.ok(lstatSync(at('link')).isSymbolicLink())
  })

  test('does not take a name that something got meanwhile, a link neither', (context) => {
    const { folder, write } = scratch(context)
    for (const put of [write, (name: string) => symlinkSync(join(folder, 'elsewhere'), join(folder, name))]) {
      const path = join(folder, put === write ? 'file' : 'link')
      const file = openOutputFile(path, NEW)
      put(put === write ? 'file' : 'link', 'theirs')
      assert.throws(() => file.finish(), /the file exists|symbolic link/)
    }
    assert.deepEqual(readdirSync(folder).sort(), ['file', 'link'])
    const other = write('other', 'x')
    assert.throws(() => renameIntoPlace(other, join(folder, 'file'), NEW), /the file exists/)
    assert.equal(readFileSync(other, 'utf8'), 'x')
  })

  test('a failing write leaves no half file', {
    skip: process.platform !== 'linux' && 'needs /dev/full',
  }, (context) => {
    const { folder, write } = scratch(context)
    // A limit on the size of files makes a write fail in the middle, as a full disk does.
    const program = write(
      'try.mjs',
      `process.on('SIGXFSZ', () => {})
       const { writeOutputFile } = await import(${JSON.stringify(new URL('../../../src/io/files/output-file.ts', import.meta.url).href)})
       try { writeOutputFile(${JSON.stringify(join(folder, 'big'))}, 'x'.repeat(2_000_000), { force: false }) }
       catch (error) { console.log(error.name, error.code) }`,
    )
    const { stdout } = spawnSync('sh', ['-c', `ulimit -f 512; exec "$1" "$2"`, 'sh', process.execPath, program], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '--import ./scripts/typescript.mjs', NODE_COMPILE_CACHE: '' },
    })
    assert.equal(stdout, 'FileError EFBIG\n')
    assert.deepEqual(readdirSync(folder), ['try.mjs'])
  })

  test('folders behind a link of somebody else are not written into', { skip: !IS_ROOT && 'needs root' }, (context) => {
    const { folder } = scratch(context)
    mkdirSync(join(folder, 'real'))
    for (const name of ['mine', 'theirs']) symlinkSync(join(folder, 'real'), join(folder, name))
    lchownSync(join(folder, 'theirs'), 65_534, 65_534)
    writeOutputFile(join(folder, 'mine', 'a'), 'x', NEW)
    assert.throws(() => writeOutputFile(join(folder, 'theirs', 'b'), 'x', FORCED), /theirs is a link of nobody/)
    assert.deepEqual(readdirSync(join(folder, 'real')), ['a'])
  })
})
