// Entries of logs in every format, prefix and language, as real servers and other programs have written them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LogEntry, type LogSettings, UNKNOWN_LOG_SETTINGS } from '../../../../src/model/logs/entries/entry.ts'
import { createLogReader } from '../../../../src/model/logs/entries/log-reader.ts'

function read(text: string, settings: Partial<LogSettings> = {}, size = text.length) {
  const entries: LogEntry[] = []
  const loose: string[] = []
  const reader = createLogReader({
    settings: { ...UNKNOWN_LOG_SETTINGS, ...settings },
    onEntry: (entry) => entries.push(entry),
    onLooseLine: (line) => loose.push(line),
  })
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
  reader.end()
  return { entries, loose }
}

const AT = Date.parse('2026-11-29T12:13:14.123Z')
const SECOND = Date.parse('2026-11-29T12:13:14Z')

/** log_line_prefix, a line that begins with it, and what is read: time, SQLSTATE, user. */
const PREFIXES: readonly (readonly [string, string, number | null, string | null, string | null])[] = [
  ['%m [%p] ', '2026-11-29 12:13:14.123 UTC [4711] ', AT, null, null],
  ['%t:%r:%u@%d:[%p]:', '2026-11-29 12:13:14 UTC:10.0.0.5(5000):app@vault:[4711]:', SECOND, null, 'app'],
  ['%t:%r:%u@%d:[%p]:', '2026-11-29 12:13:14 UTC::@:[4711]:', SECOND, null, null],
  ['%n %e ', '1795954394.123 28P01 ', 1_795_954_394_123, '28P01', null],
  ['%m %q%u@%d ', '2026-11-29 12:13:14.123 UTC ', AT, null, null],
  ['%m %q%u@%d ', '2026-11-29 12:13:14.123 UTC app@vault ', AT, null, 'app'],
  ['%s %m ', '2026-11-29 09:00:00 UTC 2026-11-29 12:13:14.123 UTC ', AT, null, null],
  ['%p ', '4711 ', null, null, null],
  ['', '', null, null, null],
  ['%10p|%-20u|%m|', '      4711|app                 |2026-11-29 12:13:14.123 UTC|', AT, null, 'app'],
  ['%-8u %-6d %m ', 'app      vault  2026-11-29 12:13:14.123 UTC ', AT, null, 'app'],
  ['%-8u %-6d %m ', '                2026-11-29 12:13:14.123 UTC ', AT, null, null],
  ['%-3u %-3d %e ', 'application vault 28P01 ', null, '28P01', 'application'],
  ['%8u %6d %m ', '     app  vault 2026-11-29 12:13:14.123 UTC ', AT, null, 'app'],
  ['%m [%-8p] %u ', '2026-11-29 12:13:14.123 UTC [4711    ] app ', AT, null, 'app'],
  ['%a %u %m ', 'psql app 2026-11-29 12:13:14.123 UTC ', AT, null, 'app'],
]

/** Whose values could end in several places each. */
const HARD_PREFIXES = [
  '%-10u %-10d %-10a x',
  '%10u %10d %10a %10h]',
  '%-20u|%-20d|%-20a|%-20h]',
  '%u%p%u%p%u%p]',
  '%u%%%d%%%a%%%h%%x',
  '%p%l%x%p%l%x]',
  '%p%z%l%z%x%z%p%z%l]',
  '%p1%p1%p1%p1]',
  '%ca%ca%ca%ca]',
  '%t%t%t%u%t%t]',
  '%m [%p] %q%u%q%d%q%a%q%h]',
  '%-9999999u]',
]

describe('a line of stderr', () => {
  for (const [linePrefix, prefix, at, sqlState, user] of PREFIXES) {
    test(`with the prefix "${linePrefix}": ${prefix}`, () => {
      const message = 'database system was interrupted; last known up at 2026-11-29 11:12:57 UTC'
      const [entry] = read(`${prefix}LOG:  ${message}\n`, { linePrefix }).entries
      assert.deepEqual(
        [entry?.at, entry?.sqlState, entry?.user?.trim() ?? null, entry?.message],
        [at, sqlState, user, message],
      )
      // Where the prefix is not known, the time is that of the prefix all the same, or none.
      const [unknown] = read(`${prefix}LOG:  ${message}\n`).entries
      if (!linePrefix.startsWith('%s')) assert.equal(unknown?.at, at)
    })
  }

  test('whose prefix is not the one that the settings tell now', () => {
    const [entry] = read('2026-11-29 12:13:14.123 UTC [9] LOG:  hello\n', { linePrefix: '%t:%u@%d:[%p]:' }).entries
    assert.deepEqual([entry?.at, entry?.message], [AT, 'hello'])
  })

  test('that goes on, and has details', () => {
    const text = `2026-11-29 12:13:14.123 UTC [9] FATAL:  could not load it
2026-11-29 12:13:14.123 UTC [9] DETAIL:  first line
\tsecond line
2026-11-29 12:13:14.123 UTC [9] HINT:  mend it
2026-11-29 12:13:14.123 UTC [9] STATEMENT:  select 1
\tfrom FATAL:  nothing
rsync: a command of the archiver says something
2026-11-29 12:13:15.000 UTC [9] LOG:  next
`
    for (const size of [1, 9, text.length]) {
      const { entries, loose } = read(text, {}, size)
      assert.deepEqual(
        entries.map(({ severity, message, detail, hint }) => [severity, message, detail, hint]),
        [
          ['FATAL', 'could not load it', 'first line\nsecond line', 'mend it'],
          ['LOG', 'next', null, null],
        ],
      )
      assert.equal(loose.length, 1)
    }
  })

  for (const [word, severity] of [
    ['FEHLER', 'ERROR'],
    ['ERREUR', 'ERROR'],
    ['ВАЖНО', 'FATAL'],
    ['СООБЩЕНИЕ', 'LOG'],
    ['致命错误', 'FATAL'],
    ['日志', 'LOG'],
    ['LOG', 'LOG'],
  ] as const) {
    test(`in another language: ${word}`, () => {
      const [entry] = read(`2026-11-29 12:13:14.123 UTC [9] ${word}:  x\n`).entries
      assert.deepEqual([entry?.severity, entry?.message], [severity, 'x'])
    })
  }

  for (const linePrefix of HARD_PREFIXES) {
    test(`blanks, digits and signs take no long time with the prefix "${linePrefix}"`, () => {
      for (const piece of [
        ' ',
        '1',
        '%',
        '-',
        'a',
        '@',
        '1 ',
        '2026-11-29 12:13:14 UTC ',
        '2026-11-29 12:13:14.123 UTC [1] ',
      ]) {
        const { entries } = read(`${piece.repeat(500)}LOG:  x\n`.repeat(20), { linePrefix })
        assert.ok(entries.length <= 20)
      }
    })
  }

  test('a hostile name takes no long time, and a word in a message is no beginning', () => {
    const name = '@,:'.repeat(2_000)
    const { entries } = read(`2026-11-29 12:13:14 UTC:${name}:LOG:  x\n`.repeat(200), {
      linePrefix: '%t:%r:%u@%d,%a:%h:%b:%i:%v:[%p]:',
    })
    assert.equal(entries.length, 0)
    const [entry] = read('2026-11-29 12:13:14.123 UTC [9] LOG:  it said FATAL:  no\n').entries
    assert.deepEqual([entry?.severity, entry?.message], ['LOG', 'it said FATAL:  no'])
  })
})

const CSV = `2026-11-29 13:13:14.123 CET,"app","vault",4711,"10.0.0.5:5000",6567,1,"authentication",2026-11-29 13:13:14 CET,3/1,0,FATAL,28P01,"password authentication failed for user ""app""","Connection matched
line 4",,,,,,,,"","client backend",,0
2026-11-29 13:13:15.000 CET,,,4712,,6568,1,,2026-11-29 13:13:14 CET,,0,LOG,00000,"database system is ready to accept connections",,,,,,,,,"","postmaster",,0
`

describe('records', () => {
  test('of csvlog, over several lines, wherever they are cut', () => {
    for (const size of [1, 50, CSV.length]) {
      const { entries } = read(CSV, { timeZone: 'Europe/Berlin' }, size)
      assert.deepEqual(
        entries.map(({ at, severity, sqlState, user, message, detail }) => [
          at,
          severity,
          sqlState,
          user,
          message,
          detail,
        ]),
        [
          [AT, 'FATAL', '28P01', 'app', 'password authentication failed for user "app"', 'Connection matched\nline 4'],
          [
            Date.parse('2026-11-29T12:13:15Z'),
            'LOG',
            '00000',
            null,
            'database system is ready to accept connections',
            null,
          ],
        ],
      )
    }
  })

  test('of csvlog behind the end of one that was cut', () => {
    const { entries } = read(CSV.slice(CSV.indexOf('line 4')), { timeZone: 'Europe/Berlin' })
    assert.deepEqual(
      entries.map(({ message }) => message),
      ['database system is ready to accept connections'],
    )
  })

  const json = {
    timestamp: '2026-11-29 12:13:14.123 UTC',
    user: 'app',
    error_severity: 'FATAL',
    state_code: '28P01',
    message: 'no\nentry',
    detail: 'why',
  }
  const wrapped = { level: 'info', record: { log_time: json.timestamp, error_severity: 'LOG', message: 'ready' } }
  for (const [what, line, expected] of [
    ['jsonlog', JSON.stringify(json), [AT, 'FATAL', '28P01', 'app', 'no\nentry', 'why']],
    ['an operator', JSON.stringify(wrapped), [AT, 'LOG', null, null, 'ready', null]],
    [
      'a container',
      JSON.stringify({ log: '2026-11-29 12:13:14.123 UTC [1] LOG:  ready\n', stream: 'stderr' }),
      [AT, 'LOG', null, null, 'ready', null],
    ],
  ] as const) {
    test(`of ${what}`, () => {
      const { entries } = read(`${line}\n`)
      assert.deepEqual(
        entries.map(({ at, severity, sqlState, user, message, detail }) => [
          at,
          severity,
          sqlState,
          user,
          message,
          detail,
        ]),
        [expected],
      )
    })
  }

  test('JSON that secrets were taken out of, and that is none any more', () => {
    const { entries, loose } = read('{"timestamp":"2026-11-29 12:13:14.123 UTC","message":"a [redacted]\n')
    assert.deepEqual([entries.length, loose.length], [0, 1])
  })
})
