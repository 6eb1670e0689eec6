// Random postgresql.conf with includes and postgresql.auto.conf against the server's view of them.

import { join } from 'node:path'
import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { listNames, makeFolder, readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { readConf } from '../../../src/model/settings/conf-file.ts'
import { parseConfLine } from '../../../src/model/settings/conf-line.ts'
import { settingProblem } from '../../../src/model/settings/parameter-values.ts'

const some = (...words: string[]) => fc.constantFrom(...words)
const words = (text: string) => some(...text.trim().split(/\s+/))

const NAMES = `work_mem WORK_MEM checkpoint_timeout archive_timeout log_min_duration_statement random_page_cost fsync Log_Checkpoints
  log_statement search_path synchronous_commit log_rotation_age log_file_mode vacuum_cost_delay deadlock_timeout hot_standby_feedback
  log_parameter_max_length client_min_messages max_wal_size archive_command restore_command app.name bytea_output intervalstyle default_transaction_isolation xmloption backslash_quote
  constraint_exclusion plan_cache_mode track_functions wal_level`
const NUMBERS = `0 1 64 100 1000 +5 -1 08 010 0600 0x40 0X40 0x 1. .5 . 1.5 1e3 1.5e2 1e 1e+2 --1 +-1 2147483647 2147483648
  99999999999999999999 1_000 1,5 1.2.3 0.0000001 -.5 1e-2 1E2 1.e1`
const WORDS = `on off of o tr T FALSE y no nop all ddl DDL local remote_apply remote_write debug debug3 log a.b a.b.c a:b/c a-b nan inf
  infinity é $user "$user" /tmp/x pglz hex ddl_x none default -inf`

const name = fc.oneof(
  { weight: 60, arbitrary: words(NAMES) },
  some(
    'no_such_setting',
    'a.b.c',
    'a-b',
    '4a',
    'é',
    'é.ü',
    '_x',
    '"fsync"',
    "'fsync'",
    'a.',
    '.a',
    '\ufeffwork_mem',
    'a$b',
  ),
)
const number = fc.oneof(words(NUMBERS), fc.integer({ min: -10, max: 100_000 }).map(String))
const unit = fc.oneof(some('', '', ' MB', ' s ', '\tkB'), words('B kB MB GB TB KB mb us ms s min h d days e3 MBs kBkB'))
const amount = fc.tuple(number, unit).map(([digits, of]) => digits + of)
const bare = fc.oneof({ weight: 4, arbitrary: amount }, { weight: 3, arbitrary: words(WORDS) })
const piece = fc.oneof(some(' ', '\t'), words("a '' \\' \\\\ \\n \\t \\101 \\7 \\x # \" = é %p \\b"))
const quoted = fc.oneof(
  { weight: 4, arbitrary: bare.map((value) => `'${value}'`) },
  { weight: 1, arbitrary: bare.map((value) => `' ${value}'`) },
  { weight: 1, arbitrary: bare.map((value) => `'${value.replace(/[+_]/, ' ')}'`) },
  { weight: 2, arbitrary: fc.array(piece, { maxLength: 6 }).map((parts) => `'${parts.join('')}'`) },
)
const oddlyQuoted = some("'", "'a", "a'", "''", "'''", "''''", "'a''", "'a\\'", "'a'b", "'a' 'b'", "'a'''")
const value = fc.oneof(
  { weight: 20, arbitrary: bare },
  { weight: 30, arbitrary: quoted },
  { weight: 1, arbitrary: oddlyQuoted },
)
const gap = fc.oneof(
  { weight: 60, arbitrary: some(' = ', '=', ' ', '\t', ' =', '= ') },
  { weight: 1, arbitrary: some(' == ', '  ', '\u00a0=', ' =\f', ' =\v', '') },
)
const end = fc.oneof(
  { weight: 60, arbitrary: some('', '', '\r', ' # x', '#x', '  ', ' \r ') },
  { weight: 1, arbitrary: some(' x', ' 5', ';', '\u00a0', '\f') },
)
const indent = fc.oneof(
  { weight: 60, arbitrary: some('', '', '', ' ', '\t', '\r') },
  { weight: 1, arbitrary: some('\f') },
)
const setting = fc.tuple(indent, name, gap, value, end).map((parts) => parts.join(''))
const line = fc.oneof(
  { weight: 12, arbitrary: setting },
  { weight: 2, arbitrary: some('', '# x', ' \t# = \' "', '#', '\r') },
)
const broken = some('work_mem', '= 4', '\\', '\u2028', ';', '-- x')
const directive = some(
  ...["include 'one.conf'", 'include one.conf', "INCLUDE_IF_EXISTS = 'missing.conf'", "include_dir 'folder'"],
  ...["include 'missing.conf'", "include_dir 'missing'", "include_if_exists 'folder/b.conf'", 'include = one.conf x'],
)

const files = fc
  .record({
    main: fc.array(
      fc.oneof({ weight: 28, arbitrary: line }, { weight: 3, arbitrary: directive }, { weight: 1, arbitrary: broken }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
    one: fc.array(line, { maxLength: 2 }),
    a: fc.array(line, { maxLength: 2 }),
    b: fc.array(line, { maxLength: 2 }),
    auto: fc.array(setting, { maxLength: 2 }),
    last: some('\n', '\r\n'),
    begin: some('', '', '', '', '', '\ufeff'),
  })
  .map(({ main, one, a, b, auto, last, begin }) => ({
    'main.conf': `${begin}${main.join('\n')}${last}`,
    'one.conf': `${one.join('\r\n')}\n`,
    'folder/a.conf': `${a.join('\n')}\n`,
    'folder/b.conf': `${b.join('\n')}\n`,
    'folder/.c.conf': 'work_mem = 1',
    'folder/d.txt': 'work_mem = 1',
    'postgresql.auto.conf': `${auto.join('\n')}\n`,
  }))

interface Row {
  readonly file: string
  readonly line: number | null
  readonly name: string | null
  readonly value: string | null
  readonly error: string | null
}

export interface ConfComparison {
  readonly lines: number
  readonly taken: number
  readonly judged: number
  readonly differences: readonly string[]
}

/** Compares that many sets of files with how a server reads them that runs with `config_file` at `main.conf`, which it must have. */
export async function confDifferences(node: PostgresNode, seed: number, count: number): Promise<ConfComparison> {
  const { major, version } = node.binaries
  const { owner } = node.scratch
  makeFolder(join(node.dataDirectory, 'folder'), owner)
  const changeable = new Set(
    (
      await node.query<{ name: string }>(
        "select name from pg_catalog.pg_settings where context not in ('postmaster', 'internal') and vartype <> 'string'",
      )
    ).map((row) => row.name),
  )
  const main = join(node.dataDirectory, 'postgresql.conf')
  const kept = readTextOrNull(main) ?? ''
  let [lines, taken, judged] = [0, 0, 0]
  const differences: string[] = []
  try {
    for (const texts of fc.sample(files, { seed, numRuns: count })) {
      for (const [path, text] of Object.entries(texts))
        writePrivateText(path === 'main.conf' ? main : join(node.dataDirectory, path), text, owner)
      const rows = await node.query<Row>(`select sourcefile as file, sourceline as line, name, setting as value, error
        from pg_catalog.pg_file_settings where sourcefile is not null order by seqno`)
      const ours = readOurs(main, node.dataDirectory)
      const theirs = rows.map(({ file, line, name, value }) => place(file, line, name, value)).sort()
      lines += rows.length
      const show = (what: string, model: unknown, server: unknown) =>
        differences.push(
          `PostgreSQL ${version}, ${what} of ${JSON.stringify(texts)}\n  model:  ${JSON.stringify(model)}\n  server: ${JSON.stringify(server)}`,
        )
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
        show('lines', ours, theirs)
        continue
      }
      if (rows.some((row) => row.name === null)) continue
      taken += rows.length
      // Of files with an unknown name the server looks at no value.
      const isAnyUnknown = rows.some((row) => row.error?.startsWith('unrecognized'))
      for (const [at, row] of rows.entries()) {
        const key = (row.name ?? '').toLowerCase()
        const isLast = !rows.slice(at + 1).some((other) => (other.name ?? '').toLowerCase() === key)
        const isUnknown = row.error?.startsWith('unrecognized') === true
        if (!isLast || (!isUnknown && (isAnyUnknown || !changeable.has(key)))) continue
        judged++
        const problem = settingProblem(key, row.value ?? '', major)
        if ((problem === null) !== (row.error === null))
          show(`value of ${row.name} = ${JSON.stringify(row.value)}`, problem, row.error)
      }
    }
  } finally {
    writePrivateText(main, kept, owner)
    writePrivateText(join(node.dataDirectory, 'postgresql.auto.conf'), '', owner)
  }
  return { lines, taken, judged, differences }
}

/**
 * What the model finds. The server's view shows of each file what stands before its first error of syntax, and
 * nothing of postgresql.auto.conf where another file has one. */
function readOurs(main: string, dataDirectory: string): readonly string[] {
  const files = {
    read: (path: string) => {
      const lines = readTextOrNull(path)?.split('\n')
      if (!lines) return null
      const broken = lines.findIndex((line) => 'error' in (parseConfLine(line) ?? {}))
      return (broken < 0 ? lines : lines.slice(0, broken + 1)).join('\n')
    },
    // Of a folder the view shows no file behind one with an error.
    list: (folder: string) => {
      const names = listNames(folder).toSorted()
      const broken = names.findIndex((name) => name.endsWith('.conf') && hasError(join(folder, name)))
      return names.length === 0 ? null : broken < 0 ? names : names.slice(0, broken + 1)
    },
  }
  const alone = readConf(main, null, files)
  const { settings, problems } = alone.problems.length > 0 ? alone : readConf(main, dataDirectory, files)
  return [
    ...settings.map((one) => place(one.file, one.line, one.name, one.value)),
    ...problems.map((one) => place(one.file, one.line, null, null)),
  ].sort()
}

function hasError(path: string): boolean {
  return (readTextOrNull(path) ?? '').split('\n').some((line) => 'error' in (parseConfLine(line) ?? {}))
}

function place(file: string, line: number | null, name: string | null, value: string | null): string {
  return JSON.stringify([file, line, name?.toLowerCase() ?? null, value])
}
