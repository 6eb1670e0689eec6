// An outage recorded on one machine and read on another: from the file alone, without the servers, the configuration and secrets.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { before, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { constants, inflateRawSync } from 'node:zlib'
import { execa } from 'execa'
import { openPty } from '../fakes/pty.ts'
import { withCluster } from '../real/embedded.ts'
import { until } from '../wait.ts'
import { build } from './demo-screen.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MARKER = 'account 4471-0093'

/** A machine: its home and what pgdeck keeps there. */
function machine(folder: string, name: string) {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  const env = { ...process.env, HOME: home, PGDECK_STATE_DIR: join(home, 'state'), LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  const pgdeck = (...words: readonly string[]) =>
    execa(process.execPath, [join(ROOT, 'bin/pgdeck.js'), ...words], { cwd: home, env, reject: false })
  return { home, env, pgdeck }
}

/** All text in the file: what its parts hold is compressed. */
function textOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true })
  const tables = ['meta', 'marks', 'audit', 'segments'].map((table) => database.prepare(`SELECT * FROM ${table}`).all())
  const pieces = database.prepare('SELECT segment, data FROM pieces ORDER BY segment, place').all()
  const parts = Map.groupBy(pieces, ({ segment }) => segment)
  const texts = [...parts.values()].map((of) =>
    inflateRawSync(Buffer.concat(of.map(({ data }) => data as Uint8Array)), { finishFlush: constants.Z_SYNC_FLUSH }),
  )
  database.close()
  return JSON.stringify(tables) + texts.join('\n')
}

before(build)

test('the file alone shows the outage on another machine, and holds no secret', async (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-incident-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [here, there] = [machine(folder, 'here'), machine(folder, 'there')]
  let password = ''
  await withCluster({ standbys: 1 }, async ({ nodes, primary }) => {
    password = primary.password
    const databases = nodes.map((node) => ({ name: node.name, dsn: `${node.dsn('pgdeck')}?sslmode=disable` }))
    const clusters = [{ name: 'vault', model: 'databases', interval: '500ms', timeout: '400ms', databases }]
    writeFileSync(join(here.home, 'pgdeck.json'), JSON.stringify({ clusters }), { mode: 0o600 })
    const recording = here.pgdeck('record')
    t.after(() => recording.kill('SIGKILL'))
    // Of users: neither the statement nor what is in it.
    const busy = primary.query(`select '${MARKER}', pg_sleep(4)`).catch(() => {})
    await until('some moments are written', 30_000, () => recordedSeconds(here.env.PGDECK_STATE_DIR) > 6)
    await busy
    await primary.kill()
    const before = recordedSeconds(here.env.PGDECK_STATE_DIR)
    await until('the outage is written', 40_000, () => recordedSeconds(here.env.PGDECK_STATE_DIR) > before + 12)
    recording.kill('SIGTERM')
    const { exitCode, stderr } = await recording
    assert.equal(exitCode, 143, stderr)
    const exported = await here.pgdeck('record', '--export', 'incident.pgdeck', '--since', '1h')
    assert.equal(exported.exitCode, 0, exported.stderr)
    renameSync(join(here.home, 'incident.pgdeck'), join(there.home, 'incident.pgdeck'))
  })
  const file = join(there.home, 'incident.pgdeck')
  const text = textOf(file)
  assert.ok(text.includes('standby-1'))
  for (const secret of [password, MARKER]) assert.ok(!text.includes(secret), `the file has ${secret}`)
  // The servers and the first machine are gone.
  rmSync(here.home, { recursive: true, force: true })
  const args = [join(ROOT, 'bin/pgdeck.js'), '--from', file]
  const pty = openPty({ command: process.execPath, args, cols: 120, rows: 40, cwd: there.home, env: there.env })
  t.after(() => pty.close())
  const end = await pty.until((now) => /CRITICAL/.test(now) && /incident\.pgdeck/.test(now), 'the end of the file')
  assert.match(end, /primary +.*inactive/)
  assert.match(end, /no server serves the users|nobody/i)
  pty.press('N')
  const mark = await pty.until((now) => timeOf(now) !== timeOf(end), 'the mark of the alert')
  assert.match(mark, /✖ NO SERVER SERVES THE USERS/)
  assert.match(mark, /primary/)
  await until('it shows the time before', 20_000, () => {
    pty.press('[')
    return /primary +.*● active/.test(pty.screen())
  })
  pty.press('P')
  const refused = await pty.until((now) => /recording|past/.test(now), 'that nothing can be done to it')
  assert.doesNotMatch(refused, /Type /)
  pty.press('\x1b')
  pty.press('q')
  assert.equal((await pty.ended).code, 0)
})

const timeOf = (screen: string) => /AS OF [\d:.]+/.exec(screen)?.[0]

/** How many seconds the newest recording has on the disk. */
function recordedSeconds(state: string): number {
  try {
    const [name = ''] = readdirSync(join(state, 'recordings')).filter((each) => each.endsWith('.pgdeck'))
    const database = new DatabaseSync(join(state, 'recordings', name), { readOnly: true, timeout: 5_000 })
    const row = database.prepare('SELECT max(ended) - min(started) AS ms FROM segments').get()
    database.close()
    return Number(row?.ms ?? 0) / 1_000
  } catch {
    return 0
  }
}
