// The launcher in bin/: what it does before the program runs, with a Node that is too old and with one that is not.

import assert from 'node:assert/strict'
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Scratch, scratch } from '../config/scratch.ts'
import { type Running, start } from './process.ts'

const LAUNCHER = readFileSync(fileURLToPath(new URL('../../bin/pgdeck.js', import.meta.url)), 'utf8')
const OTHER_NODE = readFileSync(fileURLToPath(new URL('../../bin/other-node.js', import.meta.url)), 'utf8')
const NEEDED = 'const NEEDED = [22, 13]'

/** Prints what it sees, then waits for a signal or ends with the code it is given. As the bundle, a function in one script. */
const PROGRAM = `(async function (importMeta) {
const [what, code] = process.argv.slice(2)
console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env.NODE_ENV, handed: process.env.PGDECK_HANDED_OVER }))
if (what === 'exit') process.exit(Number(code))
if (what === 'nothing') await new Promise(() => {})
process.on('SIGTERM', () => process.exit(143))
setInterval(() => {}, 1000)
})`
/** The program by itself, as another launcher than ours would run it. */
const ALONE = `${PROGRAM}({})`

interface Installed extends Scratch {
  run(context: TestContext, ...args: readonly string[]): Running
}

/** A package with a small program in place of the bundle; `needed` replaces the version that the launcher asks for. */
function install(context: TestContext, needed = NEEDED): Installed {
  const place = scratch(context)
  assert.ok(LAUNCHER.includes(NEEDED))
  place.write('package.json', '{"type": "module"}')
  place.write('bin/pgdeck.js', LAUNCHER.replace(NEEDED, needed))
  place.write('bin/other-node.js', OTHER_NODE)
  place.write('dist/pgdeck.js', PROGRAM)
  const run = (test: TestContext, ...args: readonly string[]) =>
    start(test, [process.execPath, join(place.folder, 'bin/pgdeck.js'), ...args], { cwd: place.folder })
  return { ...place, run }
}

/** A runtime as the repository pins it; it runs the program itself, as a launcher that found it recent enough would. */
function pin(place: Installed): void {
  const path = `node_modules/node-${process.platform}-${process.arch}/bin/node`
  place.write(path, `#!/bin/sh\nshift\nexec "${process.execPath}" "${place.folder}/alone.cjs" "$@"\n`, 0o755)
  place.write('alone.cjs', ALONE)
}

const TOO_NEW = 'const NEEDED = [99, 0]'

test('a recent Node runs the program in production mode, with its arguments and exit code', async (context) => {
  const { code, out } = await install(context).run(context, 'exit', '7').ended
  assert.equal(code, 7)
  assert.deepEqual(JSON.parse(out), { args: ['exit', '7'], env: 'production' })
})

test('an old Node says what it is, what is needed and where to get it', async (context) => {
  const { code, out, err } = await install(context, TOO_NEW).run(context, 'exit', '0').ended
  assert.deepEqual([code, out], [69, ''])
  assert.match(err, new RegExp(`needs Node 99\\.0 or newer, and this is Node ${process.versions.node} .*nodejs\\.org`))
})

test('an old Node hands over to the pinned one, with arguments and exit code', async (context) => {
  const place = install(context, TOO_NEW)
  pin(place)
  const { code, out } = await place.run(context, 'exit', '3', 'a b').ended
  assert.equal(code, 3)
  assert.deepEqual(JSON.parse(out).args, ['exit', '3', 'a b'])
})

test('signals reach the program that was handed over to', async (context) => {
  const place = install(context, TOO_NEW)
  pin(place)
  const running = place.run(context, 'wait')
  await running.lines(1)
  running.child.kill('SIGTERM')
  assert.equal((await running.ended).code, 143)
})

test('the program that was handed over to ends when the launcher is killed', async (context) => {
  const place = install(context)
  // Here the launcher that was handed over to is a recent one, as in the repository.
  place.write('bin/old.js', LAUNCHER.replace(NEEDED, TOO_NEW))
  const path = `node_modules/node-${process.platform}-${process.arch}/bin/node`
  place.write(path, `#!/bin/sh\nshift\nexec "${process.execPath}" "${place.folder}/bin/pgdeck.js" "$@"\n`, 0o755)
  const running = start(context, [process.execPath, join(place.folder, 'bin/old.js'), 'wait'], { cwd: place.folder })
  const [line = ''] = await running.lines(1)
  assert.deepEqual(JSON.parse(line), { args: ['wait'], env: 'production' })
  running.child.kill('SIGKILL')
  // `close` comes when the last process that holds the output has gone.
  assert.equal((await running.ended).signal, 'SIGKILL')
})

test('a checkout that was not built says how to build it', async (context) => {
  const place = install(context)
  rmSync(join(place.folder, 'dist'), { recursive: true })
  const { code, err } = await place.run(context).ended
  assert.equal(code, 69)
  assert.match(err, /dist\/pgdeck\.js is missing: run {2}npm run build/)
})

/** Where the compiled code of a program in a scratch folder is kept: HOME is that folder. */
const cacheOf = ({ folder }: Installed) => join(folder, '.cache', 'pgdeck', 'code')

test('what the engine compiled is kept for the next start, for this user alone', async (context) => {
  const place = install(context)
  assert.equal((await place.run(context, 'exit', '0').ended).code, 0)
  const [kept = ''] = readdirSync(cacheOf(place))
  assert.equal(kept, 'other')
  const { mode, mtimeMs } = statSync(join(cacheOf(place), kept))
  assert.deepEqual([mode & 0o777, statSync(cacheOf(place)).mode & 0o777], [0o600, 0o700])
  assert.equal((await place.run(context, 'exit', '0').ended).code, 0)
  assert.equal(statSync(join(cacheOf(place), kept)).mtimeMs, mtimeMs, 'what is good is not written again')
})

test('a start that failed keeps nothing: it has run too little of the program', async (context) => {
  const place = install(context)
  assert.equal((await place.run(context, 'exit', '78').ended).code, 78)
  assert.throws(() => readdirSync(cacheOf(place)), /ENOENT/)
})

test('compiled code that is damaged, or of another program, is not used', async (context) => {
  const place = install(context)
  await place.run(context, 'exit', '0').ended
  const file = join(cacheOf(place), 'other')
  const whole = readFileSync(file)
  for (const damaged of [whole.subarray(0, whole.length / 2), Buffer.alloc(0), Buffer.alloc(whole.length)]) {
    writeFileSync(file, damaged)
    assert.equal((await place.run(context, 'exit', '0').ended).code, 0)
    assert.equal(readFileSync(file).length, whole.length)
  }
  // As long as the one before: the engine itself would take the code of that.
  place.write('dist/pgdeck.js', PROGRAM.replace('process.exit(Number(code))', 'process.exit(Number(9999))'))
  place.write('dist/pgdeck.js', PROGRAM.replace('process.exit(Number(code))', 'process.exit(Number( 3  ))'))
  assert.equal((await place.run(context, 'exit', '0').ended).code, 3)
})

const IS_ROOT = process.getuid?.() === 0

test('compiled code that others can have put there is not executed', {
  skip: !IS_ROOT && 'needs root',
}, async (context) => {
  const place = install(context)
  const file = join(cacheOf(place), 'other')
  const program = join(place.folder, 'dist/pgdeck.js')
  const ending = (code: string) => PROGRAM.replace('process.exit(Number(code))', `process.exit(Number(${code}))`)
  /** What another program of the same length was compiled to, with the mark of this one. */
  const plant = async () => {
    place.write('dist/pgdeck.js', ending('  3 '))
    rmSync(cacheOf(place), { recursive: true, force: true })
    assert.equal((await place.run(context, 'exit', '0').ended).code, 3)
    place.write('dist/pgdeck.js', ending('code'))
    const { ino, size, mtimeMs, ctimeMs } = statSync(program)
    const planted = readFileSync(file)
    Buffer.from(new Float64Array([ino, size, mtimeMs, ctimeMs]).buffer).copy(planted, 8)
    writeFileSync(file, planted)
  }
  await plant()
  assert.equal((await place.run(context, 'exit', '0').ended).code, 3, 'what is one’s own is believed')
  const ways: readonly (() => void)[] = [
    () => chownSync(file, 65_534, 65_534),
    () => chmodSync(file, 0o666),
    () => chownSync(cacheOf(place), 65_534, 65_534),
    () => chmodSync(cacheOf(place), 0o777),
  ]
  for (const theirs of ways) {
    await plant()
    theirs()
    assert.equal((await place.run(context, 'exit', '0').ended).code, 0, String(theirs))
  }
  rmSync(join(place.folder, '.cache'), { recursive: true })
  chownSync(place.folder, 65_534, 65_534)
  assert.equal((await place.run(context, 'exit', '0').ended).code, 0)
  assert.throws(() => statSync(join(place.folder, '.cache')), /ENOENT/, 'nothing is made in the home of somebody else')
})

test('nothing is kept where the user wants none, or has no place for it', async (context) => {
  const place = install(context)
  const command = [process.execPath, join(place.folder, 'bin/pgdeck.js'), 'exit', '0']
  const none = await start(context, command, { cwd: place.folder, env: { NODE_DISABLE_COMPILE_CACHE: '1' } }).ended
  const nowhere = await start(context, command, { cwd: place.folder, env: { HOME: '/dev/null' } }).ended
  assert.deepEqual([none.code, none.err, nowhere.code, nowhere.err], [0, '', 0, ''])
  assert.throws(() => readdirSync(cacheOf(place)), /ENOENT/)
})

test('a program that waits for nothing that could come says so', async (context) => {
  const { code, err } = await install(context).run(context, 'nothing').ended
  assert.equal(code, 13)
  assert.match(err, /ended early/)
})
