// Every parser of what comes from outside, fed with bytes of every kind and with real text that was damaged: it answers or
// refuses in words, in passing, and never with anything but the errors it is known for.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseControlBytes } from '../src/actions/hosts/control-file.ts'
import { settingInConf, withAutoConfSettings } from '../src/actions/hosts/primary-conninfo.ts'
import { DsnError, parseDsn } from '../src/config/dsn/dsn.ts'
import { parseDsnText } from '../src/config/dsn/dsn-text.ts'
import { parseServiceFile } from '../src/config/dsn/service-file.ts'
import { loadConfig } from '../src/config/load.ts'
import { ConfigError } from '../src/config/problems/config-error.ts'
import { parseConfigDocument } from '../src/config/problems/document.ts'
import { findMount } from '../src/io/hosts/local-space.ts'
import { parseProcTcp } from '../src/io/hosts/proc-sockets.ts'
import { parseCpu, parseDisks, parseLoad, parseMemory, parseNetworks } from '../src/io/hosts/proc-tables.ts'
import { httpGet } from '../src/io/http/http-get.ts'
import { passwordFromFile } from '../src/io/postgres/connection/password.ts'
import { parsePgControldata } from '../src/model/measured/controldata.ts'
import { FaultError } from '../src/model/values/fault.ts'
import { parsePulse } from '../src/probes/database/pulse/pulse-document.ts'
import { parseDfBlocks, parseDfInodes } from '../src/probes/host/df-output.ts'
import { findPostmaster, parsePostmasterPid, parseServiceStatus } from '../src/probes/host/postgres-facts.ts'
import { parseScriptSections } from '../src/probes/host/script-sections.ts'
import { resolveJsonPointer } from '../src/probes/server/json-pointer.ts'
import { removeReadOnlyMode } from '../src/profiles/manageengine/files/properties.ts'
import { removeRecoveryProps } from '../src/profiles/manageengine/files/recovery-props.ts'
import { setMasterState } from '../src/profiles/manageengine/files/server-state.ts'
import { scratch } from './config/scratch.ts'
import { serveTcp } from './fakes/web.ts'
import { patiently } from './wait.ts'

const LIMIT_MS = patiently(2_000)
const EMPTY = { HOME: '/nonexistent' }

/** Real text, as its source prints it. */
const REAL = {
  config: `// c\n{"clusters": [{"name": "v", "interval": "2s", "databases": [{"name": "db-1", "dsn": "postgresql://u@h:1/d"}]}]}`,
  dsn: `postgresql://u:p%20w@[::1]:5432,h2:5433/d?sslmode=verify-full&options=-c%20x%3Dy&connect_timeout=5`,
  words: `host=h port='5432' user = u password='a \\' b' dbname=d`,
  service: `[db]\nhost=h\nport=5432\nuser=u\n; c\n[other]\ndbname=x\n`,
  passfile: `h:5432:d:u:p\\:w\n*:*:*:*:x\n# c\n`,
  cpu: `cpu  100 2 300 4000 5 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 1\n`,
  memory: `MemTotal:  16000 kB\nMemFree: 1 kB\nMemAvailable: 8000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n`,
  disks: `   8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n 253 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n`,
  networks: `Inter-| Receive | Transmit\n face |bytes packets\n  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n    lo: 1 2 3\n`,
  load: `0.50 0.40 0.30 1/234 5678\n`,
  df: `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 50 50 50% /\n/dev/b c 9 8 1 99% /a b\n`,
  control: `pg_control version number: 1800\nDatabase system identifier: 7710875730091603779\nDatabase cluster state: in production\nLatest checkpoint location: 0/5A001F20\nLatest checkpoint's TimeLineID: 4\n`,
  postmaster: `4711\n/var/lib/data\n1795357927\n5432\n/tmp\n127.0.0.1\n  5432001 65538\nready\n`,
  sockets: `  sl local rem st\n 0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000 101 0 1 1\n`,
  mounts: `/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/b /a\\040b xfs rw 0 0\n`,
  settings: `# c\nprimary_conninfo = 'host=h password=''x'' user=\\'u'\nwork_mem = '4MB'\n`,
  xml: `<a><server mode="READ_ONLY"/><!-- c --></a>\nkey=value\ndb.read_only_mode = true\n`,
} as const

const bytes = fc.uint8Array({ maxLength: 400 }).map((raw) => Buffer.from(raw).toString('latin1'))
const letter = fc.constantFrom(
  '\0',
  '\n',
  '\r\n',
  '\t',
  "'",
  '"',
  '\\',
  '=',
  ':',
  '[',
  ']',
  '{',
  '%',
  '\u202e',
  '\ud800',
  '9'.repeat(400),
  '-',
  ' ',
)

/** A text with pieces taken out, doubled and put in. */
function damaged(text: string): fc.Arbitrary<string> {
  const place = fc.nat(text.length)
  const change = fc.tuple(place, place, fc.oneof(letter, bytes))
  return fc.array(change, { maxLength: 4 }).map((changes) =>
    changes.reduce((now, [from, to, piece]) => {
      const [start, end] = [Math.min(from, to), Math.max(from, to)]
      return from < to ? now.slice(0, start) + piece + now.slice(end) : now.slice(0, end) + piece + now.slice(start)
    }, text),
  )
}

function within<T>(work: () => T): T {
  const began = performance.now()
  const answer = work()
  assert.ok(performance.now() - began < LIMIT_MS, 'it takes too long')
  return answer
}

const lines = (text: string) => text.split('\n')
type Parser = readonly [
  name: string,
  example: string,
  parse: (text: string) => unknown,
  known?: new (...args: never[]) => Error,
]

const PARSERS: readonly Parser[] = [
  ['a configuration', REAL.config, parseConfigDocument],
  ['a connection URI', REAL.dsn, (text) => parseDsn(text, EMPTY), DsnError],
  ['a connection string of words', REAL.words, parseDsnText, DsnError],
  ['a service file', REAL.service, (text) => parseServiceFile(text, 'db', 'f'), DsnError],
  ['a password file', REAL.passfile, (text) => passwordFromFile(text, { hosts: ['h'], rest: ['5432', 'd', 'u'] })],
  ['/proc/stat', REAL.cpu, (text) => parseCpu(lines(text))],
  ['/proc/meminfo', REAL.memory, (text) => parseMemory(lines(text))],
  ['/proc/diskstats', REAL.disks, (text) => parseDisks(lines(text), ['sda'])],
  ['/proc/net/dev', REAL.networks, (text) => parseNetworks(lines(text), ['eth0'])],
  ['/proc/loadavg', REAL.load, (text) => parseLoad(lines(text)[0])],
  ['/proc/net/tcp', REAL.sockets, parseProcTcp],
  ['/proc/mounts', REAL.mounts, (text) => findMount('/a b/c', text)],
  ['df -k', REAL.df, (text) => parseDfBlocks(lines(text))],
  ['df -i', REAL.df, (text) => parseDfInodes(lines(text))],
  ['pg_controldata', REAL.control, (text) => parsePgControldata(lines(text))],
  ['postmaster.pid', REAL.postmaster, (text) => parsePostmasterPid(lines(text), 'postgres')],
  ['what a service manager prints', 'active\n', (text) => parseServiceStatus(lines(text), 'postgresql')],
  ['a list of processes', '4711 postgres -D /data\n', (text) => findPostmaster(lines(text), '/data')],
  ['the sections of a script', 'mark load\n0.1\nmark cpu\n', (text) => parseScriptSections(text, 'mark')],
  ['the control file', REAL.control, (text) => parseControlBytes(Buffer.from(text, 'latin1'))],
  ['postgresql.auto.conf', REAL.settings, (text) => settingInConf(text, 'primary_conninfo')],
  ['the product’s properties', REAL.xml, removeReadOnlyMode],
  ['the product’s recovery settings', REAL.xml, removeRecoveryProps],
  ['the product’s state', REAL.xml, setMasterState],
]

describe('parsers end, whatever they are given', () => {
  for (const [name, example, parse, known] of PARSERS) {
    test(name, () => {
      const given = fc.oneof(
        bytes,
        damaged(example),
        fc.tuple(letter, fc.nat(20_000)).map(([one, times]) => one.repeat(times % Math.ceil(200_000 / one.length))),
      )
      fc.assert(
        fc.property(given, (text) => {
          try {
            within(() => parse(text))
          } catch (error) {
            assert.ok(known && error instanceof known, `${name} threw ${error}`)
            assert.doesNotMatch(error.message, /p w|a ' b/, 'no password is in what it says')
          }
        }),
        { numRuns: 400 },
      )
    })
  }

  test('a whole configuration: used, or refused with the place', (context) => {
    const { write } = scratch(context)
    fc.assert(
      fc.property(damaged(REAL.config), (text) => {
        const path = write('c.json', text)
        try {
          within(() => loadConfig({ path, env: EMPTY, cwd: '/' }))
        } catch (error) {
          assert.ok(error instanceof ConfigError, `it threw ${error}`)
          assert.ok(error.message.startsWith(path))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('the answer to the pulse', () => {
    const given = fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.jsonValue())
    fc.assert(
      fc.property(given, (answer) => {
        assert.throws(() => within(() => parsePulse(answer, { sentAt: 0, answeredAt: 1 })), FaultError)
      }),
      { numRuns: 500 },
    )
  })

  test('a JSON pointer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.oneof(fc.string(), fc.webPath()), (document, pointer) => {
        try {
          within(() => resolveJsonPointer(document, pointer))
        } catch (error) {
          assert.equal(error instanceof Error && error.constructor.name, 'JsonPointerError')
        }
      }),
    )
  })
})

test('a setting that was written is read as it was, and no other one with it', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(letter).map((all) => all.join('')),
  )
  const held = value.map((text) => text.replaceAll('\0', '').toWellFormed())
  fc.assert(
    fc.property(held, damaged(REAL.settings), (text, before) => {
      const after = withAutoConfSettings(before, { primary_conninfo: text })
      assert.equal(settingInConf(after, 'primary_conninfo'), text)
      const added = after.split('\n').length - withAutoConfSettings(before, {}).split('\n').length
      assert.ok(added <= 1, 'one line at most')
    }),
  )
})

test('an HTTP server that answers anything: a fault or an answer, within the limit', async (context) => {
  let answer = Buffer.alloc(0)
  let isEndless = false
  const port = await serveTcp(context, (socket) => {
    socket.once('data', () => {
      socket.write(answer)
      if (!isEndless) return void socket.end()
      const more = () => void (socket.destroyed || socket.write(answer, () => setImmediate(more)))
      more()
    })
  })
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nlocation: /a\r\ncontent-length: 3\r\n\r\nabc'
  const given = fc.oneof(
    damaged(head).map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((raw) => Buffer.from(raw)),
    fc
      .constantFrom(
        `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(9_000)}\r\n`,
        'HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
        '\0',
      )
      .map((text) => Buffer.from(text)),
  )
  const url = new URL(`http://127.0.0.1:${port}/`)
  await fc.assert(
    fc.asyncProperty(given, fc.boolean(), fc.constantFrom(0, 1_000), async (raw, endless, bodyLimit) => {
      answer = raw
      isEndless = endless
      const began = performance.now()
      const signal = AbortSignal.timeout(150)
      const outcome = await httpGet({ url, serverName: 'x', bodyLimit, signal }).catch((error: unknown) => error)
      assert.ok(performance.now() - began < LIMIT_MS)
      if (outcome instanceof Error) assert.ok(outcome instanceof FaultError, String(outcome))
      assert.doesNotMatch(JSON.stringify(outcome), /\\u001b|\\u0000|\u202e/)
    }),
    { numRuns: 120 },
  )
})
