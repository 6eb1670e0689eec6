// Random pg_ident.conf against the server's view of it, from 15 on.

import { join } from 'node:path'
import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { listNames, makeFolder, readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { parseIdentMaps } from '../../../src/model/hba/ident/ident-maps.ts'
import type { LineComparison } from './options.ts'
import { pattern } from './situations.ts'

const some = (...words: string[]) => fc.constantFrom(...words)
const word = fc.oneof(
  {
    weight: 8,
    arbitrary: some(
      ...[
        'm',
        'admins',
        'root',
        'alice',
        'all',
        '"all"',
        '+grp',
        '"+grp"',
        '@words',
        '"two words"',
        'a,b',
        '"a,b"',
        '""',
      ],
      ...['/^(.*)@x$', '"/^(.*) y$"', '\\1', 'x\\1y', 'é', '/', 'include', 'include_dir', '/^a', "o'neil", 'a"b"c'],
    ),
  },
  { weight: 1, arbitrary: pattern.map((source) => (/[\s,"#]/.test(source) ? `"/${source}"` : `/${source}`)) },
)
const plain = fc.tuple(some('m', 'admins', '"m n"'), word, word, some(' ', ' ', '\t', ' \\\n ', ', '))
const line = fc.oneof(
  { weight: 8, arbitrary: plain.map(([map, system, user, gap]) => [map, system, user].join(gap)) },
  { weight: 2, arbitrary: fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')) },
  {
    weight: 1,
    arbitrary: some('# x', '', '  ', 'm root', 'm', '@words', 'm root alice # why', '"', 'm root postgres extra', '\\'),
  },
)
const including = some(
  'include one.conf',
  'include missing',
  'include_dir ""',
  'include_dir " "',
  'include_dir missing',
  'include_if_exists missing',
  'include_dir folder',
  'include_if_exists one.conf',
)

function files(major: number): fc.Arbitrary<Readonly<Record<string, string>>> {
  const more = { weight: major >= 16 ? 1 : 0, arbitrary: including }
  const text = fc.array(fc.oneof({ weight: 12, arbitrary: line }, more), { minLength: 1, maxLength: 12 })
  const part = fc.array(line, { maxLength: 2 })
  return fc
    .record({
      text,
      one: part,
      two: part,
      words: fc.array(some('alice', 'bob', '+grp', '"all"', '/^a', '# no', '\n', ','), { maxLength: 3 }),
    })
    .map((found) => ({
      'pg_ident.conf': `${found.text.join('\n')}\n`,
      'one.conf': found.one.join('\n'),
      'folder/a.conf': found.two.join('\n'),
      words: found.words.join(' '),
    }))
}

/** Compares that many files; the maps in force stay. */
export async function mapDifferences(node: PostgresNode, seed: number, count: number): Promise<LineComparison> {
  const { major, version } = node.binaries
  const { owner } = node.scratch
  const path = join(node.dataDirectory, 'pg_ident.conf')
  makeFolder(join(node.dataDirectory, 'folder'), owner)
  const list = (folder: string) => {
    const name = folder.replace(/\/+$/, '')
    return name.endsWith('/folder') ? listNames(folder) : name === '' ? [] : null
  }
  // To the server a folder is a file of nothing.
  const read = (file: string) => readTextOrNull(file) ?? (listNames(file).length > 0 ? '' : null)
  let [lines, taken] = [0, 0]
  const differences: string[] = []
  for (const texts of fc.sample(files(major), { seed, numRuns: count })) {
    for (const [name, text] of Object.entries(texts)) writePrivateText(join(node.dataDirectory, name), text, owner)
    const rows =
      await node.query<Row>(`select to_jsonb(m) ->> 'file_name' as file, line_number as line, map_name as map,
      sys_name as system, pg_username as user, error from pg_catalog.pg_ident_file_mappings m`)
    const { mappings, problems } = parseIdentMaps(path, { read, list }, major)
    const ours = new Map<string, string>([
      ...mappings.map(
        (one) =>
          [`${one.file}:${one.line}`, JSON.stringify([one.map, one.systemUser.text, one.databaseUser.text])] as const,
      ),
      ...problems.map(({ file, line, error }) => [`${file}:${line}`, plainError(error)] as const),
    ])
    const theirs = new Map(
      rows.map(({ file, line, map, system, user, error }) => [
        `${file ?? path}:${line}`,
        error === null ? JSON.stringify([map, system, user]) : plainError(error),
      ]),
    )
    lines += theirs.size
    taken += rows.filter(({ error }) => error === null).length
    for (const place of new Set([...ours.keys(), ...theirs.keys()])) {
      const [a, b] = [ours.get(place), theirs.get(place)]
      if (a !== b)
        differences.push(`PostgreSQL ${version}: ${place} of ${JSON.stringify(texts)}\n  model:  ${a}\n  server: ${b}`)
    }
  }
  return { lines, taken, differences }
}

interface Row {
  readonly file: string | null
  readonly line: number
  readonly map: string | null
  readonly system: string | null
  readonly user: string | null
  readonly error: string | null
}

/** The system's own words in messages differ by system. */
function plainError(error: string): string {
  return error.replace(/: No such file or directory$/, '')
}
