import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { confValue, fetchConf, isOnInConf, readConf } from '../../../src/model/settings/conf-file.ts'
import { parseConfLine } from '../../../src/model/settings/conf-line.ts'

/** A line and its value, null for none; undefined: the server refuses it. */
const LINES: readonly (readonly [string, readonly [string, string] | null | undefined])[] = [
  ['', null],
  ['  # work_mem = 1', null],
  ['work_mem = 4MB', ['work_mem', '4MB']],
  ['work_mem=4MB # x', ['work_mem', '4MB']],
  ['work_mem 4MB', ['work_mem', '4MB']],
  ["work_mem '4 MB'", ['work_mem', '4 MB']],
  ['search_path = \'"$user", public\'', ['search_path', '"$user", public']],
  ["a.b = 'it''s'", ['a.b', "it's"]],
  ["archive_command = 'x \\'y\\' \\\\n'", ['archive_command', "x 'y' \\n"]],
  ["x = 'tab\\there\\101'", ['x', 'tab\thereA']],
  ['port = 5433\r', ['port', '5433']],
  ['seq_page_cost = 1.5e0', ['seq_page_cost', '1.5e0']],
  ['max_wal_size = -1', ['max_wal_size', '-1']],
  ['mode = 0600', ['mode', '0600']],
  ['mask = 0x1F', ['mask', '0x1F']],
  ['log_timezone = Europe/Berlin', ['log_timezone', 'Europe/Berlin']],
  ['this is no setting', undefined],
  ["x = 'a'''", ['x', "a'"]],
  ["x = 'a''", undefined],
  ["x = 'a'' # y", undefined],
  ["x = '\u2028\\\u2028'", ['x', '\u2028\u2028']],
  ['x = .', ['x', '.']],
  ['x = a:b/c-d', ['x', 'a:b/c-d']],
  ['x = 10MBytes', ['x', '10MBytes']],
  ['x = a.b', undefined],
  ['x = 1.5GB', undefined],
  ['x = 1e5', undefined],
  ['a.b.c = 1', undefined],
  ['a$b = 1', undefined],
  ['x = 1;', undefined],
  ['x == 1', undefined],
  ["x = 'a''b", undefined],
  ['x = 1\u00a0', undefined],
  ['x\f= 1', undefined],
  ['\ufeffport = 1', ['\ufeffport', '1']],
  ['\ufeff# x', undefined],
  ['\u2028', undefined],
  ['work_mem', undefined],
  ['work_mem =', undefined],
  ["work_mem = 'open", undefined],
  ['work_mem = 4MB 5MB', undefined],
  ['= 4MB', undefined],
  ['4work = 1', undefined],
]

describe('a line of postgresql.conf', () => {
  for (const [line, expected] of LINES) {
    test(JSON.stringify(line), () => {
      const parsed = parseConfLine(line)
      if (expected === undefined) assert.ok(parsed && 'error' in parsed)
      else assert.deepEqual(parsed, expected && { name: expected[0], value: expected[1] })
    })
  }
})

describe('postgresql.conf with its includes', () => {
  const files: Readonly<Record<string, string>> = {
    '/d/postgresql.conf': "work_mem = 1MB\ninclude 'more.conf'\ninclude_dir 'conf.d'\ninclude_if_exists 'never.conf'\n",
    '/d/more.conf': "WORK_MEM = 2MB\nlog_directory = '/var/log/pg'\n",
    '/d/conf.d/b.conf': 'work_mem = 4MB\n',
    '/d/conf.d/a.conf': 'work_mem = 3MB\nbroken\n',
    '/d/conf.d/.hidden.conf': 'work_mem = 9MB\n',
    '/d/conf.d/a.txt': 'work_mem = 9MB\n',
    '/d/postgresql.auto.conf': "log_timezone = 'UTC'\n",
  }
  const reader = {
    read: (path: string) => files[path] ?? null,
    list: (folder: string) => {
      const names = Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
      return names.length > 0 ? names.map((path) => path.slice(folder.length + 1)) : null
    },
  }

  test('the last value counts, and each problem has its place', async () => {
    for (const conf of [
      readConf('/d/postgresql.conf', '/d', reader),
      await fetchConf('/d/postgresql.conf', '/d', {
        read: async (path) => reader.read(path),
        list: async (folder) => reader.list(folder),
      }),
    ]) {
      assert.equal(confValue(conf, 'work_mem'), '4MB')
      assert.equal(confValue(conf, 'log_directory'), '/var/log/pg')
      assert.equal(confValue(conf, 'log_timezone'), 'UTC')
      assert.deepEqual(conf.problems, [{ file: '/d/conf.d/a.conf', line: 2, error: 'syntax error' }])
    }
  })

  test('a Boolean is on by any beginning of its words, and off where the server would refuse it', () => {
    const isOn = (value: string) => {
      return isOnInConf(readConf('/p', null, { read: () => `ssl = '${value}'\n`, list: () => null }), 'ssl')
    }
    for (const value of ['on', 'ON', 't', 'tru', 'y', 'ye', '1']) assert.equal(isOn(value), true, value)
    for (const value of ['off', 'of', 'f', 'n', '0', 'o', 'maybe', '', 'truex', '01', ' true ', 'on '])
      assert.equal(isOn(value), false, value)
    assert.equal(isOnInConf({ settings: [] }, 'ssl'), false)
  })

  test('a file that is missing, and one that includes itself', () => {
    const one = (text: string) =>
      readConf('/p', null, { read: (path) => (path === '/p' ? text : null), list: () => null })
    assert.match(
      one("include 'gone'\n").problems[0]?.error ?? '',
      /could not open configuration file "\/gone": No such/,
    )
    assert.match(
      one("include_dir 'gone'\n").problems[0]?.error ?? '',
      /could not open configuration directory "\/gone"/,
    )
    assert.match(one("include 'p'\n").problems[0]?.error ?? '', /configuration file recursion in "\/p"/)
    const two = { '/a': "include 'b'\n", '/b': "include 'a'\n" } as Readonly<Record<string, string>>
    const loop = readConf('/a', null, { read: (path) => two[path] ?? null, list: () => null })
    assert.match(loop.problems[0]?.error ?? '', /maximum nesting depth exceeded/)
  })

  test('a long file that is included many times is read a few times only', () => {
    const files = { '/a': "include 'b'\n".repeat(400), '/b': `# ${'x'.repeat(1_000_000)}\n` } as Readonly<
      Record<string, string>
    >
    const { problems } = readConf('/a', null, { read: (path) => files[path] ?? null, list: () => null })
    assert.deepEqual(
      problems.map(({ line }) => line),
      [4],
    )
    assert.match(problems[0]?.error ?? '', /longer than 4 MB/)
  })
})
