// The package from its tarball, installed where nothing is: on the pinned Node and on the oldest that it promises to run on.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type Ended, start } from '../cli/process.ts'
import { openPty } from '../fakes/pty.ts'
import { patiently } from '../wait.ts'
import { type Away, openAway } from './away.ts'
import { allUp, gone, processesOf } from './demo-screen.ts'
import { assertStatusInBudget } from './three-databases.ts'

const OLDEST = '22.13.0'
const skip = process.env.PGDECK_TEST_PACKAGE ? false : 'takes a while: run it by  npm run test:package'

/** A Node in a folder of its own, as a user would have it on PATH. */
interface Runtime {
  readonly folder: string
  readonly version: string
}

describe('the package', { skip }, () => {
  let away: Away
  let prefix: string

  before(() => {
    away = openAway()
    const top = join(away.folder, '..')
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', top], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('[\n')))
    prefix = join(top, 'prefix')
    mkdirSync(prefix)
    const own = ['--prefix', prefix, '--cache', join(top, 'npm'), '--offline', '--ignore-scripts']
    execFileSync('npm', ['install', '--global', ...own, join(top, filename)], { stdio: 'pipe' })
  })
  after(() => away?.close())

  /** Copied, because the repository that the pinned one is in is covered. */
  function runtime(name: string, node: string): Runtime {
    const folder = join(away.folder, '..', name)
    mkdirSync(folder)
    copyFileSync(node, join(folder, 'node'))
    return { folder, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1) }
  }

  /** The oldest supported Node from the registry; null, with the reason, when it can't be had. */
  function oldest(): Runtime | string {
    const top = join(away.folder, '..')
    const name = `node-${process.platform}-${process.arch}@${OLDEST}`
    const got = spawnSync('npm', ['pack', name, '--prefer-offline', '--silent', '--pack-destination', top], {
      encoding: 'utf8',
      timeout: patiently(90_000),
    })
    if (got.status !== 0) return `npm has no ${name}: ${got.stderr.trim().split('\n')[0] ?? ''}`
    execFileSync('tar', ['-xzf', join(top, got.stdout.trim()), '-C', top, 'package/bin/node'])
    return runtime('oldest', join(top, 'package', 'bin', 'node'))
  }

  const environment = ({ folder }: Runtime) => ({ ...away.env, PATH: `${folder}:${away.env.PATH}` })

  function run(context: TestContext, on: Runtime, args: readonly string[]): Promise<Ended> {
    const command = away.command([join(prefix, 'bin', 'pgdeck'), ...args])
    return start(context, command, { cwd: away.folder, env: environment(on) }).ended
  }

  async function assertRuns(context: TestContext, on: Runtime): Promise<void> {
    const version = await run(context, on, ['version'])
    assert.deepEqual([version.code, version.err], [0, ''])
    assert.ok(version.out.includes(`Node ${on.version},`), version.out)
    assert.match((await run(context, on, ['--help'])).out, /Usage: pgdeck/)
    assert.match((await run(context, on, ['completion', 'bash'])).out, /complete .*pgdeck/)
    assert.match((await run(context, on, ['version', '--licenses'])).out, /^react /m)
    const command = [join(prefix, 'bin', 'pgdeck')]
    await assertStatusInBudget(context, { ...away, env: environment(on) }, command)
    await assertDemo(context, on)
  }

  async function assertDemo(context: TestContext, on: Runtime): Promise<void> {
    const postgres = away.postgres()
    if (postgres === null) return context.diagnostic('no PostgreSQL server programs to copy: no demo')
    const [command, ...args] = away.command([join(prefix, 'bin', 'pgdeck'), 'demo'])
    const env = { ...environment(on), PGDECK_PG_BIN: postgres, PGDECK_STATE_DIR: undefined }
    const pty = openPty({ command, args, cols: 120, rows: 40, cwd: away.folder, env })
    context.after(() => pty.close())
    await pty.until(allUp, 'the whole demo')
    const processes = processesOf(pty)
    pty.press('q')
    assert.equal((await pty.ended).code, 0)
    assert.equal(pty.modes().alternateScreen, false)
    await gone(processes)
  }

  test('it is one folder, with nothing installed below it', () => {
    const folder = join(prefix, 'lib', 'node_modules', 'pgdeck')
    assert.ok(existsSync(join(folder, 'dist', 'pgdeck.js')))
    assert.ok(!existsSync(join(folder, 'node_modules')))
    assert.match(readFileSync(join(prefix, 'share', 'man', 'man1', 'pgdeck.1'), 'utf8'), /^\.TH PGDECK/m)
  })

  test('it runs on this Node', async (context) => {
    await assertRuns(context, runtime('pinned', process.execPath))
  })

  test(`it runs on Node ${OLDEST}`, async (context) => {
    const node = oldest()
    if (typeof node === 'string') return context.skip(node)
    assert.equal(node.version, OLDEST)
    await assertRuns(context, node)
  })
})
