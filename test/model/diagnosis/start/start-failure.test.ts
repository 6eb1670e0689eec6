// The end of a log, as servers have written it, and the reason for which the server does not start.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startFailure, stopRequestText } from '../../../../src/model/diagnosis/start/start-failure.ts'
import { type ServerFiles, startFileFindings } from '../../../../src/model/diagnosis/start/start-files.ts'
import { UNKNOWN_LOG_SETTINGS } from '../../../../src/model/logs/entries/entry.ts'
import { logTailOf } from '../../../../src/model/logs/entries/log-tail.ts'
import { readConf } from '../../../../src/model/settings/conf-file.ts'

const at = (text: string) => `2026-11-29 12:13:14.123 UTC [9] ${text}`
const tail = (...lines: readonly string[]) => logTailOf([lines.join('\n')], UNKNOWN_LOG_SETTINGS)
const byLog = (...lines: readonly string[]) => startFailure({ host: 'h1', files: null, log: tail(...lines) })

/** The last lines, what is told, and what to do; `likely` where the message is not known. */
const LOGS: readonly (readonly [string, readonly string[], RegExp, RegExp])[] = [
  [
    'settings lower than the primary’s',
    [
      at('FATAL:  recovery aborted because of insufficient parameter settings'),
      at('DETAIL:  max_connections = 50 is a lower setting than on the primary server, where its value was 100.'),
      at('LOG:  startup process (PID 12) exited with exit code 1'),
      at('LOG:  aborting startup due to startup process failure'),
      at('LOG:  database system is shut down'),
    ],
    /insufficient parameter settings: max_connections = 50 is a lower setting/,
    /at least the value on the primary/,
  ],
  [
    'huge pages',
    [at('FATAL:  could not map anonymous shared memory: Cannot allocate memory')],
    /anonymous shared memory/,
    /huge_pages = try/,
  ],
  ['semaphores', [at('FATAL:  could not create semaphores: No space left on device')], /semaphores/, /.+/],
  [
    'a timeline that is missing',
    [at('FATAL:  recovery target timeline 7 does not exist')],
    /timeline 7/,
    /recovery_target_timeline/,
  ],
  [
    'a target that is not reached',
    [at('FATAL:  recovery ended before configured recovery target was reached')],
    /before configured recovery target/,
    /up to the target/,
  ],
  [
    'WAL that is missing',
    [at('LOG:  invalid checkpoint record'), at('PANIC:  could not locate a valid checkpoint record at 0/3000028')],
    /checkpoint record/,
    /give it the WAL it needs/,
  ],
  [
    'a backup without all of its WAL',
    [at('FATAL:  WAL ends before end of online backup')],
    /WAL ends before/,
    /all WAL of the backup/,
  ],
  [
    'another postmaster',
    [
      at('FATAL:  lock file "postmaster.pid" already exists'),
      at('HINT:  Is another postmaster (PID 4711) running in data directory "/data"?'),
    ],
    /already exists/,
    /ps -p PID/,
  ],
  [
    'a port that is taken',
    [
      at('LOG:  could not bind IPv4 address "0.0.0.0": Address already in use'),
      at('HINT:  Is another postmaster already running on port 5432? If not, wait a few seconds and retry.'),
      at('WARNING:  could not create listen socket for "*"'),
      at('FATAL:  could not create any TCP/IP sockets'),
      at('LOG:  database system is shut down'),
    ],
    /could not bind IPv4 address "0\.0\.0\.0": Address already in use/,
    /ss -ltnp/,
  ],
  [
    'a disk that is full, also after it ran',
    [
      at('LOG:  database system is ready to accept connections'),
      at('PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device'),
    ],
    /No space left/,
    /free space/,
  ],
  [
    'a locale that is gone',
    [at('FATAL:  database locale is incompatible with operating system')],
    /locale is incompatible/,
    /locale-gen/,
  ],
  [
    'German',
    [at('FATAL:  konnte Sperrdatei »/var/run/postgresql/.s.PGSQL.5432.lock« nicht erstellen: Keine Berechtigung')],
    /Sperrdatei/,
    /write the folder/,
  ],
  [
    'a parameter in French',
    [at('FATAL:  paramètre de configuration « wal_keep_segments » non reconnu')],
    /wal_keep_segments/,
    /remove that parameter/,
  ],
  [
    'a message that is not known',
    [at('FATAL:  the extension of somebody does not like it')],
    /of somebody/,
    /correct that/,
  ],
  [
    'a start by root',
    ['"root" execution of the PostgreSQL server is not permitted.'],
    /"root" execution/,
    /correct that/,
  ],
  [
    'no file of settings',
    ['postgres: could not access the server configuration file "/data/postgresql.conf": No such file or directory'],
    /could not access the server configuration file/,
    /restore that file/,
  ],
]

describe('the end of a log', () => {
  for (const [what, lines, evidence, next] of LOGS) {
    test(what, () => {
      const failure = byLog(
        at('LOG:  received fast shutdown request'),
        at('LOG:  database system is shut down'),
        ...lines,
      )
      assert.match(failure?.evidence ?? '', evidence)
      assert.match(failure?.next ?? '', next)
    })
  }

  test('of a server that was stopped, of one that was killed, and what its sessions said', () => {
    const ran = [
      at('FATAL:  old trouble of a start before'),
      at('LOG:  database system is ready to accept connections'),
      at('app@vault FATAL:  password authentication failed for user "app"'),
      at('app@vault ERROR:  could not access file "x": No such file or directory'),
      at('app@vault FATAL:  sorry, too many clients already'),
    ]
    const stop = [at('LOG:  received fast shutdown request'), at('LOG:  database system is shut down')]
    assert.equal(byLog(...ran), null)
    assert.equal(byLog(...ran, ...stop), null)
    assert.match(stopRequestText(tail(...ran, ...stop)) ?? '', /fast shutdown/)
    assert.equal(stopRequestText(tail(...ran)), null)
    assert.equal(startFailure({ host: 'h1', files: null, log: null }), null)
  })
})

const DATA = '/data'

function filesOf(over: Partial<ServerFiles> & { readonly text?: string } = {}): ServerFiles {
  const { text = 'port = 5432\n', ...rest } = over
  const path = `${DATA}/postgresql.conf`
  const reader = { read: (name: string) => (name === path ? text : null), list: () => null }
  return {
    dataDirectory: DATA,
    version: 18,
    mode: 0o700,
    uid: 26,
    names: new Set(['PG_VERSION', 'global', 'pg_wal']),
    conf: { path, ...readConf(path, DATA, reader) },
    hba: { path: `${DATA}/pg_hba.conf`, problems: [] },
    controlBytes: 8192,
    sslKey: null,
    ...rest,
  }
}

const names = (...more: readonly string[]) => new Set(['PG_VERSION', 'global', 'pg_wal', ...more])

/** Files of a server, and what in them it would refuse; null: nothing. */
const FILES: readonly (readonly [string, Parameters<typeof filesOf>[0], RegExp | null])[] = [
  ['nothing wrong', {}, null],
  ['for the group', { mode: 0o750 }, null],
  ['for all', { mode: 0o755 }, /0755/],
  ['written by the group', { mode: 0o770 }, /0770/],
  ['nowhere', { names: new Set() }, /no PG_VERSION/],
  ['recovery.conf', { names: names('recovery.conf') }, /recovery\.conf/],
  ['a standby', { names: names('standby.signal') }, null],
  ['both signals', { names: names('standby.signal', 'recovery.signal') }, null],
  ['recovery without a command', { names: names('recovery.signal') }, /restore_command/],
  ['recovery with one', { names: names('recovery.signal'), text: "restore_command = 'cp /a/%f %p'\n" }, null],
  ['an old setting', { text: 'wal_keep_segments = 3\n' }, /postgresql\.conf:1: unrecognized/],
  ['an old setting on its version', { text: 'vacuum_defer_cleanup_age = 3\n', version: 14 }, null],
  ['a value that another line replaces', { text: "work_mem = '4 parrots'\nwork_mem = 4MB\n" }, null],
  [
    'a value that replaces another',
    { text: "work_mem = 4MB\nwork_mem = '4 parrots'\n" },
    /postgresql\.conf:2: invalid value/,
  ],
  ['a setting of an extension', { text: "a.b = 'x'\n" }, null],
  ['a version that is not known', { text: 'wal_keep_segments = 3\n', version: null }, null],
  ['a key of the server', { sslKey: { path: '/k', mode: 0o600, uid: 26 } }, null],
  ['a key of root for the group', { sslKey: { path: '/k', mode: 0o640, uid: 0 } }, null],
  ['a key for the group', { sslKey: { path: '/k', mode: 0o640, uid: 26 } }, /0640/],
  ['a key of somebody else', { sslKey: { path: '/k', mode: 0o600, uid: 33 } }, /belongs to user 33/],
]

test('no secret of a log is told', () => {
  const failure = byLog(at(`FATAL:  invalid connection string "host=a user=u password=hush8 sslmode=require"`))
  assert.match(failure?.evidence ?? '', /invalid connection string/)
  assert.doesNotMatch(failure?.evidence ?? '', /hush8/)
})

describe('files that a server would refuse', () => {
  for (const [what, over, expected] of FILES) {
    test(what, () => {
      const [first] = startFileFindings(filesOf(over))
      if (expected === null) assert.equal(first, undefined)
      else assert.match(first?.text ?? '', expected)
    })
  }

  test('that somebody has mended since make the log’s word possible only', () => {
    const log = tail(at('FATAL:  configuration file "/data/postgresql.conf" contains errors'))
    const failure = startFailure({ host: 'h1', files: filesOf(), log })
    assert.deepEqual([failure?.certainty, failure?.next], ['possible', 'the files have no such error now: start it'])
    const both = startFailure({ host: 'h1', files: filesOf({ text: 'broken\n' }), log })
    assert.equal(both?.certainty, 'certain')
  })

  test('are told without the words of another file that one of them leads to', () => {
    const hba = (rule: string, error: string) =>
      startFileFindings({
        ...filesOf(),
        hba: { path: '/data/pg_hba.conf', problems: [{ file: '/data/pg_hba.conf', line: 1, rule, error }] },
      })[0]?.text ?? ''
    assert.doesNotMatch(hba('root:hush8:1::', 'invalid connection type "root:hush8:1::"'), /hush8/)
    assert.doesNotMatch(
      hba('host all @/etc/shadow all md5', 'invalid regular expression "(hush8": parentheses () not balanced'),
      /hush8/,
    )
    assert.doesNotMatch(
      hba('host all all all md5 @/x', 'authentication option not in name=value format: hush8'),
      /hush8/,
    )
    assert.match(hba('host all all all scram', 'invalid authentication method "scram"'), /method "scram"/)
    assert.match(hba('host @/gone all all md5', 'could not open file "/gone": No such file'), /file "\/gone"/)
  })

  test('take no long time where a file has one name many times', () => {
    const text = `${Array.from({ length: 60_000 }, (_, at) => `a.b${at} = 1`).join('\n')}\nwork_mem = 'x y'\n`
    assert.match(startFileFindings(filesOf({ text }))[0]?.text ?? '', /postgresql\.conf:60001: invalid value/)
  })
})
