// Names, queries and answers that try to reach the terminal: in a real one, only what pgdeck itself draws arrives there.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { openPty, type Pty } from '../fakes/pty.ts'
import { foreignBytes } from '../fakes/terminal-bytes.ts'
import { serveTcp } from '../fakes/web.ts'
import { withCluster } from '../real/embedded.ts'
import { onStage } from '../real/situations.ts'
import { build } from './demo-screen.ts'

const ESCAPES = [
  '\x1b[2J\x1b[1;1Howned',
  '\x1b]2;owned\x07',
  '\x1b]52;c;b3duZWQ=\x07',
  '\x1b]8;;http://evil/\x1b\\click\x1b]8;;\x1b\\',
  '\x1bP1$r\x1b\\\x1b_owned\x1b\\\x1b^owned\x1b\\',
  '\x9b2J\x9d2;owned\x9c\x90q\x9c',
  '\x1b[6n\x1b[c\x1b[5n\x1b[?1049l\x1bc\x1b(0',
].join('')
const ODD =
  '\u202egpj.exe\u2066 日本語 e\u0301\u0301\u0301\u0301\u0301\u0301 \u{1F469}\u200d\u{1F467} \u1100\u1100\u1100 ｶ\uff9e\uff9e ل\u0651'
/** At most 63 bytes, as names are in PostgreSQL. */
const ROLE = `r"; drop\n$(id) \u202e日本 e\u0301 \x1b[2J`
const DATABASE = `d'"; \`id\` \n\u2066日 \x1b]2;owned\x07`
const SIZES = [
  [120, 40],
  [80, 24],
  [61, 13],
] as const

interface Sites {
  readonly garbage: number
  readonly headers: number
  readonly slow: number
  readonly location: number
}

/** Ports where something speaks that no client should have to hear. */
async function openSites(t: TestContext): Promise<Sites> {
  const endlessly = (socket: Socket, first: string, again: string) => {
    socket.write(first, 'latin1')
    const more = () => {
      if (!socket.destroyed) socket.write(again, 'latin1', () => setImmediate(more))
    }
    socket.once('data', more)
  }
  return {
    garbage: await serveTcp(t, (socket) => endlessly(socket, ESCAPES, `${ESCAPES}${'\xff\x00x'.repeat(2_000)}`)),
    headers: await serveTcp(t, (socket) =>
      endlessly(socket, 'HTTP/1.1 200 OK\r\n', `X-${'a'.repeat(500)}: ${'b'.repeat(500)}\r\n`),
    ),
    slow: await serveTcp(t, (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{')
        const drip = setInterval(() => socket.write(' '), 50)
        socket.once('close', () => clearInterval(drip))
      })
    }),
    location: await serveTcp(t, (socket) => {
      const location = `HTTP/1.1 302 Found\r\nlocation: //\x9b2J[${'\xe9'.repeat(3_000)}\r\ncontent-length: 0\r\n\r\n`
      socket.once('data', () => socket.end(location, 'latin1'))
    }),
  }
}

/** Roles, databases, sessions, waits and prepared transactions with names and texts that mean harm. */
async function fill(node: PostgresNode, stage: { readonly sockets: Client[] }): Promise<void> {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
  await node.createRole(ROLE, 'LOGIN IN ROLE pg_monitor')
  await node.query(`create database ${quoted(DATABASE)} owner ${quoted(ROLE)}`)
  await node.query('create table held (n int)')
  await node.query('insert into held values (1)')
  const open = async (name: string) => {
    const about = { host: node.host, port: node.port, password: node.password, application_name: name }
    const client = new Client({ ...about, user: ROLE, database: DATABASE })
    client.on('error', () => {})
    await client.connect()
    stage.sockets.push(client)
    return client
  }
  const big = `/* ${ODD} ${ESCAPES} ${'\u1100'.repeat(2_000)} ${'x\u202e日\uff9e'.repeat(100_000)} */`
  const hang = (client: Client, text: string) => void client.query(text).catch(() => {})
  hang(await open(ESCAPES), `select pg_sleep(600) ${big}`)
  hang(await open(ODD), `${big} select pg_sleep(600)`)
  hang(await open('\uff9e'.repeat(21)), `select pg_sleep(600) -- ${'\uff9e'.repeat(300_000)}`)
  const [one, other] = [await open('one'), await open('other')]
  await one.query(`create table own (n int); begin; lock table own; /* ${ESCAPES} */`)
  hang(other, `lock table own /* ${ESCAPES}${ODD} */`)
}

function openWatch(t: TestContext, node: PostgresNode, sites: Sites, [cols, rows]: readonly [number, number]): Pty {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-hostile-'))
  const words = [ROLE, node.password, DATABASE].map(encodeURIComponent)
  const servers = Object.entries(sites).map(([name, port]: [string, number]) => {
    return { name, type: 'secondary', url: `http://127.0.0.1:${port}/`, sessions: { json: '/', pointer: '/a' } }
  })
  const dsn = `postgresql://${words[0]}:${words[1]}@127.0.0.1:${node.port}/${words[2]}`
  const databases = [
    { name: 'db-1', dsn },
    { name: 'db-2', dsn: `postgresql://u@127.0.0.1:${sites.garbage}/d?sslmode=disable` },
  ]
  const model = 'shared-database-with-read-only'
  const cluster = { name: 'hostile', model, interval: '500ms', timeout: '400ms', databases, servers }
  const config = join(folder, 'pgdeck.json')
  // An alert of ours rings too.
  writeFileSync(config, JSON.stringify({ ui: { bell: false }, clusters: [cluster] }), { mode: 0o600 })
  const pty = openPty({
    command: process.execPath,
    args: ['bin/pgdeck.js', 'watch', '--config', config],
    cols,
    rows,
    env: { PGDECK_STATE_DIR: join(folder, 'state'), LC_ALL: 'C.UTF-8' },
  })
  t.after(async () => {
    pty.close()
    await pty.ended
    rmSync(folder, { recursive: true, force: true })
  })
  return pty
}

/** As many rows as the terminal has, the header first and the footer last: nothing has moved. */
function isWhole(screen: string, [cols, rows]: readonly [number, number]): boolean {
  const lines = screen.split('\n')
  const rules = lines.filter((line) => /^─+$/.test(line))
  return lines.length === rows && /^ pgdeck/.test(lines[0] ?? '') && rules.every((line) => line.length === cols)
}

async function walk(pty: Pty, size: readonly [number, number]): Promise<void> {
  const steps = [
    '2',
    '3',
    '\t',
    '\t',
    '\t',
    '\r',
    'j',
    '\x1b',
    '4',
    '\r',
    '\x1b',
    '5',
    '6',
    '7',
    '\r',
    '\x1b',
    '8',
    '9',
    '0',
    '1',
  ]
  for (const key of [...steps, '\r', '\x1b', '/', '\x1b', '?', '\x1b']) {
    const seen = pty.raw().length
    pty.press(key)
    await pty.until(
      (now) => pty.raw().length > seen && isWhole(now, size),
      `a whole frame after ${JSON.stringify(key)}`,
    )
    assert.doesNotMatch(pty.screen(), /undefined|NaN|\[object/)
    // The queries are there to be shown, and are, as text.
    if (key === '3') await pty.until((now) => /select pg_sle/.test(now), 'the sessions')
  }
}

describe('hostile names, queries and answers', () => {
  before(build)

  test('would be found if they did', () => {
    assert.ok(foreignBytes(ESCAPES).length >= 10)
    assert.deepEqual(foreignBytes(ODD).length, 3)
  })

  test('never reach the terminal, and move nothing', async (t) => {
    const sites = await openSites(t)
    const settings = { track_activity_query_size: '1MB', max_prepared_transactions: '5' }
    await withCluster({ settings }, async ({ primary }) => {
      await onStage(primary, async () => {
        const sockets: Client[] = []
        try {
          await fill(primary, { sockets })
          for (const size of SIZES) {
            const pty = openWatch(t, primary, sites, size)
            await pty.until((screen) => isWhole(screen, size) && /db-1/.test(screen), 'the screen')
            await pty.until((screen) => /\d+(?:\/\d+)? up|active/.test(screen), 'an answer')
            await walk(pty, size)
            // Right behind an escape it would be one key together with it; then it is pressed again.
            const again = setInterval(() => pty.press('q'), 700)
            assert.deepEqual(await pty.ended.finally(() => clearInterval(again)), { code: 0 })
            assert.deepEqual(foreignBytes(pty.raw()), [])
          }
        } finally {
          for (const client of sockets) client.connection.stream.destroy()
        }
      })
    })
  })
})
