// What `npm test` runs: style, types, generated documents, the bundle, then the tests, quick ones first. `npm run test:long`
// (`--long`) runs the tests that take long instead. It runs all of them whatever fails, prints each failure in full, what
// was skipped and why, and ends with one line of counts. Arguments name test files or folders to run instead of
// everything: `npm test -- test/model`; `--all-majors` has them try each version of PostgreSQL that is here. There is no limit for the whole and none that a slow machine reaches: only a file in
// which nothing happens for a long time is ended, by itself (watchdog.mjs) or, where it can't do that any more, by us.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isLong, LONG_RUNS } from './long-tests.mjs'
import { endSilentFiles } from './silent-files.mjs'
import { Tally } from './tally.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const OLDEST = [22, 13]
/** Half of their time the long ones wait, for servers and for intervals: three even where there are two processors. */
const FILES_AT_ONCE = Math.max(3, Math.min(4, availableParallelism()))
/** The order of what is run: what tells most in the least time first; whatever is in none of these comes in between. */
const LAST = ['test/frames/', 'test/sessions/', 'test/cli/', 'test/demo/', 'test/real/', 'test/e2e/']
/** Tells the tests where prepared data directories are shared. */
const PREPARED = 'PGDECK_TEST_PREPARED'
/** The soak's rounds and the kill points' lines come far more often; types and style print nothing, and take a minute. */
const MOST_SILENT_MS = 60 * 60_000
const LOADER = new URL('./typescript.mjs', import.meta.url).href

/** What was found the last time is kept: then only what has changed since is checked, in an eighth of the processor time. */
const KNOWN_TYPES = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/pgdeck/types.tsbuildinfo']

/**
 * What is checked before the tests. Each is a program of its own, so that it can be run by hand as well. Types take as
 * long as all others together, and run beside them.
 */
const STAGES = [
  [
    { title: 'style', command: ['npx', '--no-install', 'biome', 'check', '.'], mend: 'npm run format' },
    {
      title: 'nothing unused',
      command: ['npx', '--no-install', 'knip', '--no-progress'],
      mend: 'npm run check:unused',
    },
    {
      title: 'generated documents',
      command: [process.execPath, '--import', './scripts/typescript.mjs', 'scripts/generate.ts', '--check'],
      mend: 'npm run generate',
    },
    { title: 'bundle', command: [process.execPath, 'scripts/build.mjs'], mend: null },
  ],
  [{ title: 'types', command: ['npx', '--no-install', 'tsc', '-p', '.', ...KNOWN_TYPES], mend: null }],
]

/** Says what to do when this Node can't run the project; the system's own is often too old. */
function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  console.error(`pgdeck needs Node ${OLDEST.join('.')} or newer; this is ${process.version} (${process.execPath}).`)
  console.error('Run the tests with `npm ci && npm test`: npm then uses the Node that the project pins.')
  console.error(
    'If that is what you did, the optional package of the pinned Node was left out: npm ci --include=optional',
  )
  process.exit(1)
}

/** Runs a program of the project, quietly; resolves with its exit code and everything it printed. One that says nothing any more is ended. */
function quietly([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const silence = setTimeout(() => {
      output += `\nit said nothing for ${MOST_SILENT_MS / 60_000} minutes, and was ended`
      child.kill('SIGKILL')
    }, MOST_SILENT_MS)
    const end = (code, why = '') => {
      clearTimeout(silence)
      resolve({ code, output: output + why })
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        silence.refresh()
      })
    }
    child.on('error', (error) => end(127, String(error)))
    child.on('close', (code) => end(code ?? 1))
  })
}

async function runStages(tally) {
  const all = STAGES.map(async (stages) => {
    for (const stage of stages) await runStage(stage, tally)
  })
  await Promise.all(all)
}

async function runStage({ title, command, mend }, tally) {
  const started = performance.now()
  const { code, output } = await quietly(command)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${title}  ${seconds} s`)
  if (code === 0) tally.passed += 1
  else
    tally.fail(
      title,
      `${output.trim()}
${mend ? `run by hand: ${mend}` : ''}`,
    )
}

/** Test files below the named files or folders; without names those of the suite, the long or the short one. */
async function testFiles(names, suite) {
  const { glob, stat } = await import('node:fs/promises')
  const files = []
  for (const name of names.length > 0 ? names : ['test']) {
    const entry = await stat(name).catch(() => null)
    if (entry === null) throw new Error(`${name}: no such test file or folder`)
    if (entry.isFile()) files.push(name)
    else for await (const file of glob(`${name}/**/*.test.{ts,tsx}`, { cwd: root })) files.push(file)
  }
  const wanted = names.length > 0 ? files : files.filter((file) => isLong(file) === (suite === 'long'))
  return wanted.sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
}

function placeOf(file) {
  return LAST.findIndex((folder) => file.startsWith(folder))
}

/**
 * A folder for what all test files share, until `close`; a process of its own removes it, if need be after our end. Where
 * there can be none the path is null, and each test makes what it needs.
 */
async function openShared() {
  const holder = spawn(process.execPath, ['--import', LOADER, 'scripts/shared-folder.ts'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(holder, 'close')
  const told = once(createInterface(holder.stdout), 'line').then(([line]) => line)
  return {
    path: await Promise.race([told, closed.then(() => null)]),
    close: () => {
      holder.stdin.end()
      // What it removes is its own affair by now: the outcome must be told.
      return Promise.race([closed, after(10_000, undefined, { ref: false })])
    },
  }
}

async function runTests(files, tally) {
  if (files.length === 0) return
  const { run } = await import('node:test')
  const stream = run({
    files,
    cwd: root,
    concurrency: FILES_AT_ONCE,
    execArgv: ['--import', LOADER, '--import', './scripts/watchdog.mjs'],
  })
  const watch = endSilentFiles(files)
  try {
    for await (const event of stream) {
      watch.hear(event.data?.file)
      tally.hear(event, (path) => relative(root, path))
    }
  } finally {
    watch.close()
  }
}

/**
 * Programs of the long suite that are no test files; each counts as one test. One at a time, beside the files: most of their time
 * they wait for servers.
 */
async function runPrograms(tally) {
  for (const { title, command } of LONG_RUNS) await runStage({ title, command, mend: command.join(' ') }, tally)
}

refuseOldNode()
process.chdir(root)
// Tests decide themselves what a terminal looks like.
for (const name of [
  'FORCE_COLOR',
  'NO_COLOR',
  'NODE_OPTIONS',
  'PGDECK_CONFIG',
  'PGDECK_STATE_DIR',
  'PGDECK_TEST_ALL_MAJORS',
  PREPARED,
])
  delete process.env[name]
const words = process.argv.slice(2)
const suite = words.includes('--long') ? 'long' : 'short'
const names = words.filter((word) => word !== '--long' && word !== '--all-majors')
// Printed text keeps to ASCII in other locales.
for (const name of ['LC_ALL', 'LC_CTYPE']) delete process.env[name]
process.env.LANG = 'C.UTF-8'
// Tests that do the same on each version of PostgreSQL try two of them else.
if (words.includes('--all-majors')) process.env.PGDECK_TEST_ALL_MAJORS = '1'
// Tests that build and install only run where they are wanted.
if (suite === 'long') Object.assign(process.env, { PGDECK_TEST_BINARY: '1', PGDECK_TEST_PACKAGE: '1' })
const tally = new Tally()
const shared = await openShared()
if (shared.path !== null) process.env[PREPARED] = shared.path
try {
  if (names.length === 0 && suite === 'short') {
    console.log('CHECKS')
    await runStages(tally)
  }
  console.log('TESTS')
  const programs = names.length === 0 && suite === 'long' ? runPrograms(tally) : null
  await Promise.all([runTests(await testFiles(names, suite), tally), programs])
} catch (error) {
  tally.fail('the test runner', error.stack ?? String(error))
}
await shared.close()
tally.print()
process.exitCode = tally.failures.length > 0 ? 1 : 0
