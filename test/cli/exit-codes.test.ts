// pgdeck as a process: exit codes, what goes to which stream, signals, a reader that goes away.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { freePort } from '../../src/io/network/free-port.ts'
import { scratch } from '../config/scratch.ts'
import { serveHttp } from '../fakes/web.ts'
import { runLines } from './command-lines.ts'
import { type Ended, startPgdeck } from './process.ts'

async function pgdeck(context: TestContext, ...args: readonly string[]): Promise<Ended> {
  return startPgdeck(context, args, { cwd: scratch(context).folder }).ended
}

function serverConfig(url: string, timeout = '15s'): string {
  const servers = [{ name: 'app', type: 'primary', url, clientAddress: '127.0.0.1' }]
  return JSON.stringify({ clusters: [{ name: 'vault', interval: '100ms', timeout, servers }] })
}

/** A folder whose pgdeck.json watches nothing but a port that is closed. */
async function nothingThere(context: TestContext): Promise<string> {
  const { folder, write } = scratch(context)
  write('pgdeck.json', serverConfig(`http://127.0.0.1:${await freePort()}/`))
  return folder
}

describe('wrong usage exits 64 with one message that names the argument', () => {
  const CASES: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['statsu', '--json'], /^pgdeck: "statsu" is neither a command .*did you mean status\?/],
    ['an unknown option', ['status', '--jsn'], /^pgdeck: unknown option '--jsn'; did you mean --json\?\n$/],
    ['an unknown short option', ['-z'], /^pgdeck: unknown option '-z'\n$/],
    ['an extra argument', ['version', 'now'], /^pgdeck: too many arguments for 'version'.*now/],
    ['an argument that is no connection string', ['status', 'db-1'], /^pgdeck: "db-1" is not a connection string/],
    ['a bad connection string', ['status', 'postgresql://h:port/'], /^pgdeck: connection string 1: /],
    ['a bad interval', ['--interval', '2', 'status'], /'--interval <duration>' argument '2' is invalid/],
    ['options that exclude each other', ['topology', '--json', '--dot'], /'--json' cannot be used with option '--dot'/],
    [
      'a config without a name',
      ['-c', '', 'status'],
      /^pgdeck: --config: the name is empty; allowed: the path of a file/,
    ],
    [
      'the demo without a terminal',
      ['demo'],
      /^pgdeck: the monitor needs a terminal, and the output is not a terminal/,
    ],
    ['a tour without a standby', ['demo', '--tour', '--model', 'mirrored'], /^pgdeck: --tour .* mirrored has none/],
    ['a tour that may not act', ['demo', '--tour', '--read-only'], /^pgdeck: --tour .*--read-only refuses/],
    ['a tour with keys', ['demo', '--tour', '--press', 'f'], /'--tour \[speed\]' cannot be used with option '--press/],
    ['a tour without a speed', ['demo', '--tour', 'fast'], /Allowed: a speed from 0\.25 to 20/],
    ['the monitor without a terminal', ['host=127.0.0.1 port=1'], /^pgdeck: the monitor needs a terminal/],
    ['a config and connection strings', ['status', '-c', 'x', 'host=h'], /either --config or connection strings/],
    ['an unknown subcommand', ['config', 'valdate'], /unknown command 'valdate'/],
    [
      'help for an unknown command',
      ['help', 'statsu'],
      /^pgdeck: help: "statsu" is no command \(did you mean status\?\)/,
    ],
    [
      'help for an unknown subcommand',
      ['config', 'help', 'nope'],
      /^pgdeck: help: "nope" is no command; there are init, /,
    ],
    ['a command that there is not yet', ['promote'], /"promote" is neither a command/],
  ]
  test('in one process', async (context) => {
    const printed = await runLines(
      context,
      CASES.map(([, args]) => args),
      { cwd: scratch(context).folder },
    )
    for (const [index, [what, , said]] of CASES.entries()) {
      const { code, out, err } = printed[index] ?? assert.fail(what)
      assert.match(err, said, what)
      assert.equal(err.trimEnd().split('\n').length, 1, err)
      assert.deepEqual([code, out], [64, ''], what)
    }
  })

  for (const [what, args, said] of CASES.slice(0, 3)) {
    test(`${what}, in a process of its own`, async (context) => {
      const { code, out, err } = await pgdeck(context, ...args)
      assert.match(err, said)
      assert.deepEqual([code, out], [64, ''])
    })
  }
})

test('a wrong config exits 78 and every problem is told; config validate exits 1', async (context) => {
  const { folder, write } = scratch(context)
  const path = write('pgdeck.json', '{"clusters": [{"nam": "v", "databases": [{"name": "a", "dsn": 1}]}]}')
  const status = await startPgdeck(context, ['status'], { cwd: folder }).ended
  assert.equal(status.code, 78)
  assert.match(
    status.err,
    new RegExp(`${path}:1:16: clusters\\[0\\]\\.nam: unknown key "nam"; the nearest known key is "name"`),
  )
  assert.match(status.err, /databases\[0\]\.dsn: found 1/)
  assert.equal(status.out, '')
  const validate = await startPgdeck(context, ['config', 'validate'], { cwd: folder }).ended
  assert.equal(validate.code, 1)
  assert.match(validate.err, /unknown key "nam"/)
})

test('a config that is cut off is told once, however many brackets are open', async (context) => {
  const { folder, write } = scratch(context)
  write('pgdeck.json', '{"clusters": [{"name": "v"')
  const { code, err } = await startPgdeck(context, ['status'], { cwd: folder }).ended
  assert.match(err, /pgdeck\.json:1:27: is not JSON .*the file ends, expected "}"\n$/)
  assert.deepEqual([code, err.trimEnd().split('\n').length], [78, 1])
})

test('a named pipe as config is refused at once, whether anybody writes to it or not', async (context) => {
  const { folder } = scratch(context)
  const pipe = join(folder, 'pipe.json')
  execFileSync('mkfifo', [pipe])
  const { code, err } = await startPgdeck(context, ['-c', pipe, 'status'], { cwd: folder }).ended
  assert.match(err, /pipe\.json: is a named pipe, not a file\n$/)
  assert.equal(code, 78)
})

test('no config at all exits 78 and says what can be done', async (context) => {
  const { code, err } = await pgdeck(context, 'status')
  assert.equal(code, 78)
  assert.match(err, /no configuration found .*pgdeck demo/)
})

test('a config that is right: config validate exits 0 and says what is in it', async (context) => {
  const folder = await nothingThere(context)
  const { code, out, err } = await startPgdeck(context, ['config', 'validate'], { cwd: folder }).ended
  assert.match(out, /pgdeck\.json: valid: 1 cluster, 0 databases, 1 server, 0 hosts\n$/)
  assert.match(err, /warning: clusters\[0\]: the model "shared-database" has a secondary server/)
  assert.equal(code, 0)
})

test('an unknown cluster exits 64 and names those there are', async (context) => {
  const folder = await nothingThere(context)
  const { code, err } = await startPgdeck(context, ['status', '--cluster', 'x'], { cwd: folder }).ended
  assert.match(err, /--cluster x: .*vault/)
  assert.equal(code, 64)
})

describe('status', () => {
  test('exits 69 when no target could be reached, with the document all the same', async (context) => {
    const folder = await nothingThere(context)
    const { code, out } = await startPgdeck(context, ['status', '--json'], { cwd: folder }).ended
    const document = JSON.parse(out)
    assert.equal(document.schema, 'pgdeck.status/1')
    assert.equal(document.clusters[0].servers[0].status, 'inactive')
    assert.equal(document.clusters[0].servers[0].problem.code, 'refused')
    assert.equal(code, 69)
  })

  test('exits by health, prints to a pipe without colour, and takes common options in front', async (context) => {
    const { folder, write } = scratch(context)
    const url = await serveHttp(context, (_request, response) => response.writeHead(500).end())
    const path = write('other.json', serverConfig(url))
    const { code, out } = await startPgdeck(context, ['-c', path, 'status'], { cwd: folder, env: { FORCE_COLOR: '1' } })
      .ended
    assert.match(out, /^vault /)
    assert.doesNotMatch(out, /\u001b/)
    const wanted = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 }[/^vault +\S+ +(\w+)/.exec(out)?.[1] ?? '']
    assert.equal(code, wanted)
    assert.notEqual(code, 0)
  })

  for (const [signal, wanted] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`--watch --json prints a document per line until ${signal}, then exits ${wanted}`, async (context) => {
      const folder = await nothingThere(context)
      const running = startPgdeck(context, ['status', '--watch', '--json'], { cwd: folder })
      const lines = await running.lines(3)
      running.child.kill(signal)
      const { code, out } = await running.ended
      assert.equal(code, wanted)
      const times = lines.map((line) => Date.parse(JSON.parse(line).at))
      assert.ok(times[2] !== undefined && times[0] !== undefined && times[2] > times[0])
      assert.equal(out.endsWith('\n'), true)
    })
  }

  test('ends quietly when its reader has gone', async (context) => {
    const folder = await nothingThere(context)
    const running = startPgdeck(context, ['status', '--watch', '--json'], { cwd: folder })
    await running.lines(1)
    running.child.stdout?.destroy()
    const { code, err } = await running.ended
    assert.deepEqual([code, err.replace(/^pgdeck: warning.*\n/gm, '')], [0, ''])
  })

  test('an act comes to its end without a reader, and without space for what it says', async (context) => {
    const url = await serveHttp(context, (_request, response) => response.writeHead(200).end())
    const { folder, write } = scratch(context)
    write('pgdeck.json', serverConfig(url))
    const env = { PGDECK_STATE_DIR: join(folder, 'state') }
    const rename = (name: string, stdout?: string) => {
      const args = ['do', 'rename', 'app', '--set', `name=${name}`, '--yes']
      return startPgdeck(context, args, { cwd: folder, env, ...(stdout === undefined ? {} : { stdout }) })
    }
    const running = rename('unread')
    running.child.stdout?.destroy()
    assert.equal((await running.ended).code, 0)
    assert.match(readFileSync(join(folder, 'state', 'names.json'), 'utf8'), /unread/)
    if (process.platform === 'linux') {
      assert.equal((await rename('full', '/dev/full').ended).code, 0)
      assert.match(readFileSync(join(folder, 'state', 'names.json'), 'utf8'), /full/)
    }
    const { runs } = JSON.parse((await startPgdeck(context, ['runs', '--json'], { cwd: folder, env }).ended).out)
    assert.ok(runs.every(({ state }: { state: string }) => state === 'done'))
  })

  test('a state directory that cannot be used is told, and is no failure', async (context) => {
    const folder = await nothingThere(context)
    writeFileSync(join(folder, 'names.json'), '{"half')
    const env = { PGDECK_STATE_DIR: folder }
    const { code, out, err } = await startPgdeck(context, ['status', '--json'], { cwd: folder, env }).ended
    assert.match(err, /^pgdeck: warning: state directory: .*names\.json is not JSON/m)
    assert.equal(JSON.parse(out).schema, 'pgdeck.status/1')
    assert.equal(code, 69)
  })

  test('a full disk behind it is no defect', { skip: process.platform !== 'linux' }, async (context) => {
    const folder = await nothingThere(context)
    const { code, err } = await startPgdeck(context, ['status', '--json'], { cwd: folder, stdout: '/dev/full' }).ended
    assert.match(err, /^pgdeck: the output: no space left on the device$/m)
    assert.doesNotMatch(err, /internal error/)
    assert.equal(code, 1)
  })

  test('a hanging server neither delays the answer beyond the limit nor the end', async (context) => {
    const hanging = createServer(() => {}).listen(0, '127.0.0.1')
    context.after(() => hanging.close())
    await once(hanging, 'listening')
    const address = hanging.address()
    assert.ok(address !== null && typeof address === 'object')
    const { folder, write } = scratch(context)
    write('pgdeck.json', serverConfig(`http://127.0.0.1:${address.port}/`, '2s'))
    const { code, out } = await startPgdeck(context, ['status', '--json'], { cwd: folder }).ended
    assert.equal(JSON.parse(out).clusters[0].servers[0].problem.code, 'timeout')
    assert.notEqual(code, 0)
  })
})

describe('config init', () => {
  test('writes for its owner alone, and overwrites only when told to', async (context) => {
    const { folder } = scratch(context)
    const init = (...more: readonly string[]) =>
      startPgdeck(context, ['config', 'init', '--out', 'new.json', ...more], { cwd: folder }).ended
    assert.equal((await init()).code, 0)
    assert.equal(statSync(join(folder, 'new.json')).mode & 0o777, 0o600)
    const again = await init()
    assert.match(again.err, /--out new\.json: the file exists; --force overwrites it/)
    assert.equal(again.code, 64)
    assert.equal((await init('--force')).code, 0)
  })

  test('exits 69 and writes nothing when nothing could be reached', async (context) => {
    const { folder } = scratch(context)
    const dsn = `postgresql://u:hunter2@127.0.0.1:${await freePort()}/x`
    const { code, out, err } = await startPgdeck(context, ['config', 'init', dsn], { cwd: folder }).ended
    assert.deepEqual([code, out], [69, ''])
    assert.match(err, /not reached: 127\.0\.0\.1:\d+/)
    assert.doesNotMatch(err, /hunter2/)
  })
})

test('help and version are no failures and go to standard output', async (context) => {
  const help = await pgdeck(context, '--help')
  assert.deepEqual([help.code, help.err], [0, ''])
  assert.match(help.out, /status .*poll once/)
  assert.match(help.out, /\bhba /)
  assert.doesNotMatch(help.out, /failback|promote/)
  const version = await pgdeck(context, '--version')
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/)
  const json = JSON.parse((await pgdeck(context, 'version', '--json')).out)
  assert.equal(json.node, process.versions.node)
})

test('keys as JSON, Markdown and text are one table', async (context) => {
  const keys = JSON.parse((await pgdeck(context, 'keys', '--json')).out).keys
  const markdown = (await pgdeck(context, 'keys', '--markdown')).out.trimEnd().split('\n')
  const text = (await pgdeck(context, 'keys')).out.trimEnd().split('\n')
  assert.ok(keys.length > 10)
  assert.deepEqual([markdown.length - 2, text.length - 1], [keys.length, keys.length])
  for (const row of markdown) assert.equal(row.replaceAll('\\|', '').split('|').length, 6, row)
})

test('--log-file keeps what happened, for its owner alone', async (context) => {
  const { folder } = scratch(context)
  const args = ['version', '--log-file', 'log', '--log-level', 'info']
  assert.equal((await startPgdeck(context, args, { cwd: folder }).ended).code, 0)
  const log = readFileSync(join(folder, 'log'), 'utf8')
  assert.match(log, /^\S+Z info pgdeck \d.* version, Node/)
  assert.match(log, /exit code 0\n$/)
  assert.equal(statSync(join(folder, 'log')).mode & 0o777, 0o600)
})
