// Lines of real logs: which cause they name, and when they name none.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  diskFullLogLine as diskFullIn,
  standbyLogCause as standbyCauseIn,
  upstreamLogCause as upstreamCauseIn,
} from '../../../src/model/diagnosis/log-text.ts'
import { UNKNOWN_LOG_SETTINGS } from '../../../src/model/logs/entries/entry.ts'
import { logTailOf } from '../../../src/model/logs/entries/log-tail.ts'

const entriesOf = (lines: readonly string[]) => logTailOf([lines.join('\n')], UNKNOWN_LOG_SETTINGS).entries
const standbyLogCause = (lines: readonly string[]) => standbyCauseIn(entriesOf(lines))
const upstreamLogCause = (lines: readonly string[], user: string, since = 0) =>
  upstreamCauseIn(entriesOf(lines), user, since)
const diskFullLogLine = (lines: readonly string[]) => diskFullIn(entriesOf(lines))

const at = (message: string) => `2026-11-22 14:30:00.123 UTC [4711] ${message}`
const connecting = (reason: string) =>
  at(
    `FATAL:  streaming replication receiver "db-ro" could not connect to the primary server: connection to server at "10.0.0.11", port 5432 failed: ${reason}`,
  )

const LINES: readonly (readonly [string, string])[] = [
  [
    connecting(
      'FATAL:  no pg_hba.conf entry for replication connection from host "10.0.0.13", user "ro", no encryption',
    ),
    'replication-hba',
  ],
  [
    connecting('FATAL:  pg_hba.conf rejects replication connection for host "10.0.0.13", user "ro", no encryption'),
    'replication-hba',
  ],
  [connecting('FATAL:  password authentication failed for user "ro"'), 'replication-credentials'],
  [connecting('fe_sendauth: no password supplied'), 'replication-credentials'],
  [connecting('FATAL:  role "ro" does not exist'), 'replication-credentials'],
  [connecting('FATAL:  permission denied to start WAL sender'), 'replication-credentials'],
  [connecting('FATAL:  sorry, too many clients already'), 'senders-exhausted'],
  [
    connecting('FATAL:  number of requested standby connections exceeds "max_wal_senders" (currently 10)'),
    'senders-exhausted',
  ],
  [connecting('FATAL:  the database system is shutting down'), 'source-down'],
  [connecting('Connection refused'), 'replication-network'],
  [connecting('timeout expired'), 'replication-network'],
  [at('FATAL:  could not start WAL streaming: ERROR:  replication slot "ro" does not exist'), 'slot-missing'],
  [at('FATAL:  could not start WAL streaming: ERROR:  replication slot "ro" is active for PID 12'), 'slot-in-use'],
  [at('FATAL:  could not start WAL streaming: ERROR:  can no longer access replication slot "ro"'), 'slot-lost'],
  [
    at('FATAL:  could not start WAL streaming: ERROR:  can no longer get changes from replication slot "ro"'),
    'slot-lost',
  ],
  [
    at(
      'FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed',
    ),
    'wal-removed',
  ],
  [
    at('LOG:  new timeline 2 forked off current database system timeline 1 before current recovery point 0/7000110'),
    'timeline-fork',
  ],
  [at('FATAL:  highest timeline 1 of the primary is behind recovery timeline 2'), 'timeline-fork'],
  [at('FATAL:  database system identifier differs between the primary and standby'), 'other-system'],
  [at('FATAL:  terminating walreceiver due to timeout'), 'replication-network'],
]

describe('the last word of a standby', () => {
  for (const [line, cause] of LINES) {
    test(line.slice(35, 140), () => assert.equal(standbyLogCause(['x', line, at('LOG:  waiting')])?.cause, cause))
  }

  test('is over once it streams', () => {
    const refused = connecting('Connection refused')
    assert.equal(
      standbyLogCause([refused, at('LOG:  started streaming WAL from primary at 0/3000000 on timeline 1')]),
      null,
    )
  })

  test('is not that somebody ended the receiver', () => {
    assert.equal(standbyLogCause([at('FATAL:  terminating walreceiver process due to administrator command')]), null)
  })

  test('has its time and no password', () => {
    const word = standbyLogCause([
      connecting('invalid connection option in "user=ro password=hush host=x": timeout expired'),
    ])
    assert.equal(word?.at, Date.UTC(2026, 10, 22, 14, 30, 0, 123))
    assert.doesNotMatch(word?.text ?? '', /hush/)
  })
})

test('the source speaks of the standby’s role only', () => {
  const lines = [
    at('FATAL:  password authentication failed for user "ro"'),
    at('FATAL:  password authentication failed for user "other"'),
  ]
  assert.equal(upstreamLogCause(lines, 'ro')?.cause, 'replication-credentials')
  assert.equal(upstreamLogCause(lines, 'nobody'), null)
  const then = entriesOf(lines)[0]?.at ?? 0
  assert.equal(upstreamLogCause(lines, 'ro', then)?.cause, 'replication-credentials')
  assert.equal(upstreamLogCause(lines, 'ro', then + 1), null)
})

test('a full disk', () => {
  assert.match(
    diskFullLogLine([at('PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device')]) ?? '',
    /No space/,
  )
  assert.equal(diskFullLogLine([at('LOG:  checkpoint starting: time')]), null)
})

/** Of servers that speak German, French and Japanese, and of logs in other formats. */
const OTHERS: readonly (readonly [string, string, string])[] = [
  [
    'a standby in German',
    '2026-11-29 12:13:14.123 UTC [9] FATAL:  konnte nicht mit dem Primärserver verbinden: Verbindung zum Server auf »127.0.0.1«, Port 5432 fehlgeschlagen: FATAL:  Passwort-Authentifizierung für Benutzer »ro« fehlgeschlagen',
    'replication-credentials',
  ],
  [
    'a standby in German, without a connection',
    '2026-11-29 12:13:14.123 UTC [9] FATAL:  konnte nicht mit dem Primärserver verbinden: Verbindung zum Server auf »127.0.0.1«, Port 5432 fehlgeschlagen: Verbindungsaufbau abgelehnt',
    'replication-network',
  ],
  [
    'a standby in German, in words that are not known',
    '2026-11-29 12:13:14.123 UTC [9] FATAL:  konnte nicht mit dem Primärserver verbinden: Verbindung zum Server auf »127.0.0.1« fehlgeschlagen: FATAL:  etwas anderes',
    'none',
  ],
  [
    'csvlog',
    '2026-11-29 12:13:14.123 UTC,,,9,,656,1,,2026-11-29 12:13:14 UTC,,0,FATAL,08006,"could not start WAL streaming: ERROR:  replication slot ""ro"" does not exist",,,,,,,,,"","walreceiver",,0',
    'slot-missing',
  ],
  [
    'jsonlog',
    '{"timestamp":"2026-11-29 12:13:14.123 UTC","error_severity":"FATAL","state_code":"XX000","message":"requested WAL segment 000000010000000000000003 has already been removed"}',
    'wal-removed',
  ],
]

describe('the last word of a standby in other words and formats', () => {
  for (const [what, line, cause] of OTHERS) {
    test(what, () => assert.equal(standbyLogCause([line])?.cause ?? 'none', cause))
  }

  test('is over once it streams, in any language', () => {
    const [, line = ''] = OTHERS[0] ?? []
    const streams =
      '2026-11-29 12:13:15.123 UTC [9] LOG:  WAL-Streaming vom Primärserver gestartet bei 0/3000000 auf Zeitleiste 1'
    assert.equal(standbyLogCause([line, streams]), null)
  })
})

test('the source’s log tells by its code, whatever its language is', () => {
  const line = (user: string) =>
    `2026-11-29 12:13:14.123 UTC,"${user}",,9,"127.0.0.1:5000",656,1,"authentication",2026-11-29 12:13:14 UTC,3/1,0,LETAL,28P01,"falhou a autenticação"`
  assert.equal(upstreamLogCause([line('ro')], 'ro'), null)
  assert.equal(upstreamLogCause([line('ro').replace('LETAL', 'FATAL')], 'ro')?.cause, 'replication-credentials')
  assert.equal(upstreamLogCause([line('other').replace('LETAL', 'FATAL')], 'ro'), null)
})
