// Holds the rules of docs/architecture.md: who may import whom, how long things are, what no file contains.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { staleFiles } from '../scripts/generate.ts'
import { missingInComments, missingNames } from './house/documented-names.ts'
import {
  DATA,
  EMPTY_NAMES,
  LEVELS,
  LIMITS,
  PRODUCTS,
  RESERVED,
  SUBJECT_TEXTS,
  TOLD_BY_THE_MODEL,
} from './house/rules.ts'
import {
  areOneLetterApart,
  circlesIn,
  exportedNames,
  functionsOf,
  type Import,
  projectFiles,
  ROOT,
  readSource,
  type SourceFile,
  withoutComments,
  wordsOf,
} from './house/source.ts'
import { LOCAL_NAMES_INSTEAD, PHRASES_INSTEAD, WORDS_INSTEAD } from './house/words.ts'

const files = projectFiles()
const code = (top: string) => files.filter((path) => path.startsWith(top) && /\.(ts|tsx|mjs|js)$/.test(path))
const source = code('src/').map(readSource)
const everything = [...source, ...['bin/', 'scripts/', 'bench/', 'test/'].flatMap(code).map(readSource)]

/** Fails with one line per finding, so that all are seen at once. */
function none(findings: readonly string[], rule: string): void {
  assert.equal(findings.length, 0, `${rule}:\n${findings.join('\n')}`)
}

const inside = (path: string, place: string) => path === place || path.startsWith(`${place}/`)

function place(path: string): { readonly level: number; readonly room: string } | null {
  const around = LEVELS.flatMap((rooms, level) =>
    rooms.flatMap((pattern) => {
      const [room] = new RegExp(`^${pattern.replaceAll('*', '[^/]+')}(?:(?<=/)|(?=/|$))`).exec(path) ?? []
      return room === undefined ? [] : [{ level, room }]
    }),
  )
  return around.toSorted((one, other) => other.room.length - one.room.length)[0] ?? null
}

function badImport(file: SourceFile, { path, line }: Import): string | null {
  if (path === null || DATA.includes(path)) return null
  const at = `${file.path}:${line} imports ${path}`
  const [here, there] = [place(file.path), place(path)]
  if (here === null) return `${file.path} is in no room`
  if (there === null) return `${at}, which is no part of the program`
  if (there.room === here.room || there.level < here.level) return null
  return `${at}: level ${here.level} may not reach ${there.room} of level ${there.level}`
}

function badReach(file: SourceFile, { from, line }: Import): string | null {
  for (const { modules, allowed } of RESERVED) {
    if (!modules.some((name) => (typeof name === 'string' ? name === from : name.test(from)))) continue
    const places = allowed.map((entry) => (typeof entry === 'string' ? entry : entry.path))
    if (!places.some((room) => inside(file.path, room)))
      return `${file.path}:${line} imports ${from}: only ${places.join(', ')} may`
  }
  return null
}

function eachImport(judge: (file: SourceFile, imported: Import) => string | null): readonly string[] {
  return source.flatMap((file) => file.imports.flatMap((imported) => judge(file, imported) ?? []))
}

describe('rooms', () => {
  test('the source is read: a file, its imports and its functions are found', () => {
    const own = readSource('test/house.test.ts')
    assert.ok(own.imports.some(({ path }) => path === 'test/house/rules.ts'))
    assert.ok(functionsOf(own).some(({ name, length }) => name === 'badImport' && length === 9))
    assert.ok(source.length > 50)
  })

  test('a file imports from lower levels and its own room only, types included', () => {
    none(eachImport(badImport), 'imports that go up or sideways')
  })

  test('the libraries of the outside world have their one door', () => {
    none(eachImport(badReach), 'imports of what another room is for')
  })

  test('React and Ink are loaded only when the screen is', () => {
    const eager = new Set<string>()
    const queue = ['src/main.ts']
    for (const path of queue) {
      if (eager.has(path)) continue
      eager.add(path)
      const file = source.find((candidate) => candidate.path === path)
      for (const imported of file?.imports ?? []) {
        if (imported.path !== null && !imported.dynamic && !isTypeOnly(file, imported)) queue.push(imported.path)
      }
    }
    none(
      [...eager].filter((path) => readSource(path).imports.some(({ from }) => from === 'ink' || from === 'react')),
      'loaded by every command',
    )
  })

  test('only src/profiles knows of a product, whether by name or by what it imports', () => {
    const others = source.filter(({ path }) => !inside(path, 'src/profiles'))
    none(
      others.flatMap(({ path, lines }) =>
        lines.flatMap((line, index) => (PRODUCTS.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
      ),
      'products outside of their profiles',
    )
  })

  test('only the model tells roles, systems and neighbours from raw fields', () => {
    const told = (text: string) => TOLD_BY_THE_MODEL.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what)
    none(
      source
        .filter(({ path }) => !inside(path, 'src/model'))
        .flatMap(({ path, text }) =>
          withoutComments(text)
            .split('\n')
            .flatMap((line) => told(line).map((what) => `${path}: ${what}: ${line.trim()}`)),
        ),
      'facts that are derived twice',
    )
    assert.deepEqual(told("view.pulse?.position.kind === 'standby'"), ['a role by its position'])
    assert.deepEqual(told("({ role }) => role !== 'primary'"), ['a role by its word'])
    assert.deepEqual(told('({ upstreamId }) => upstreamId === id'), ['an upstream by its id'])
    assert.deepEqual(told('one.systemIdentifier === other.systemIdentifier'), ['a system by its identifier'])
    assert.deepEqual(told("if (link.upstreamId === null || sender.kind === 'standby') return null"), [])
  })

  test('a subject is never taken out of a text, nor joined to one in a second place', () => {
    const found = (text: string) => SUBJECT_TEXTS.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what)
    none(
      source
        .filter(({ path }) => path !== 'src/model/picture/subject.ts')
        .flatMap(({ path, text }) =>
          withoutComments(text)
            .split('\n')
            .flatMap((line) => found(line).map((what) => `${path}: ${what}: ${line.trim()}`)),
        ),
      'subjects as texts',
    )
    assert.deepEqual(found("const owner = alert.subject.split('/')[0]"), [
      'what stands before the first "/"',
      'a subject taken apart',
    ])
    assert.deepEqual(found(`of === node || of.startsWith(\`\${node}/\`)`), ['what begins with a name and a "/"'])
    assert.deepEqual(found(`const subject = \`\${slot.databaseId}/\${slot.name}\``), ['an owner joined to its part'])
    assert.deepEqual(found('const subject = subjectText(alert.subject)'), [])
  })

  test('no circles between files, types included', () => {
    const graph = new Map(
      source.map(({ path, imports }) => [
        path,
        imports.flatMap((each) => (each.path === null || each.dynamic ? [] : [each.path])),
      ]),
    )
    none(
      circlesIn(graph).map((circle) => circle.join(' ')),
      'files that import each other in a circle',
    )
  })

  test('no two folders of a room import each other', () => {
    const arrows = new Set<string>()
    for (const { path, imports } of source) {
      for (const imported of imports) {
        if (imported.path === null || imported.dynamic || place(path)?.room !== place(imported.path)?.room) continue
        arrows.add(`${dirname(path)} ${dirname(imported.path)}`)
      }
    }
    const mutual = [...arrows].filter((arrow) => {
      const [from = '', to = ''] = arrow.split(' ')
      return from < to && arrows.has(`${to} ${from}`)
    })
    none(mutual, 'folders that import each other')
  })
})

function isTypeOnly(file: SourceFile | undefined, imported: Import): boolean {
  return /^(?:import|export) type\b/.test(file?.lines[imported.line - 1] ?? '')
}

describe('folders and names', () => {
  const byFolder = Map.groupBy(code('src/'), (path) => dirname(path))

  test(`no folder with more than ${LIMITS.folderFiles} files`, () => {
    const full = [...byFolder].filter(([, inside]) => inside.length > LIMITS.folderFiles)
    none(
      full.map(([folder, inside]) => `${folder}: ${inside.length}`),
      'folders that need shelves',
    )
  })

  test('no two files of a folder whose names differ by one letter', () => {
    const near = [...byFolder.values()].flatMap((paths) => {
      const names = [...new Set(paths.map((path) => basename(path).replace(/\..*$/, '')))]
      return names.flatMap((one, at) =>
        names
          .slice(at + 1)
          .flatMap((other) => (areOneLetterApart(one, other) ? [`${paths[0]}: ${one}, ${other}`] : [])),
      )
    })
    none(near, 'names that are taken for each other')
    assert.ok(areOneLetterApart('privilege', 'privileges') && areOneLetterApart('fits', 'fats'))
    assert.ok(!areOneLetterApart('lag', 'log-time') && !areOneLetterApart('log', 'log'))
  })

  test('an exported name means one thing in all of src', () => {
    const declared = source.flatMap((file) => exportedNames(file).map((name) => ({ name, path: file.path })))
    assert.ok(declared.length > 1_000, 'the exports are found')
    const twice = [...Map.groupBy(declared, ({ name }) => name)].filter(([, places]) => places.length > 1)
    none(
      twice.map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(' ')}`),
      'names that are declared in several files',
    )
  })

  test('files and exports go by the words of docs/glossary.md', () => {
    const names = source.flatMap((file) => [basename(file.path).replace(/\..*$/, ''), ...exportedNames(file)])
    const wrong = [...new Set(names)].flatMap((name) =>
      wordsOf(name).flatMap((word) => (Object.hasOwn(WORDS_INSTEAD, word) ? [`${name}: ${WORDS_INSTEAD[word]}`] : [])),
    )
    none(wrong, 'words that are not of the field')
  })

  test('values inside files have no private names', () => {
    const names = Object.keys(LOCAL_NAMES_INSTEAD).join('|')
    const declared = new RegExp(
      String.raw`(?:\b(?:const|let|readonly|function) |[({[,] ?)(${names})\b(?=\??(?:[:,=)}\]]| [=}]))`,
      'g',
    )
    const wrong = source.flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(declared)].map(
        ([, name = '']) => `${path}: ${name}: ${LOCAL_NAMES_INSTEAD[name]}`,
      ),
    )
    none([...new Set(wrong)], 'names that say nothing of the field')
  })

  test('messages go by the words of docs/glossary.md', () => {
    const wrong = source.flatMap(({ path, text }) => {
      const bare = withoutComments(text)
      return PHRASES_INSTEAD.flatMap(([phrase, better]) => {
        const found = phrase.exec(bare)
        return found ? [`${path}: ${found[0]}: ${better}`] : []
      })
    })
    none(wrong, 'phrases that are not of the field')
  })

  test('a test lies where what it tests lies, and has its name, with what it is about behind it', () => {
    const strange = files.flatMap((path) => {
      const [, folder = '', name = ''] = /^test\/(\w[^/]*\/.+)\/([^/]+)\.test\.tsx?$/.exec(path) ?? []
      const [room = ''] = folder.split('/')
      if (folder === '' || !source.some((file) => file.path.startsWith(`src/${room}/`))) return []
      const beside = source.filter((file) => dirname(file.path) === `src/${folder}`)
      const isFolder = source.some((file) => file.path.startsWith(`src/${folder}/`))
      const named = beside.map((file) => basename(file.path).replace(/\.tsx?$/, ''))
      const mirrors = named.some((each) => `${name}-`.startsWith(`${each}-`))
      return mirrors || (isFolder && beside.length === 0) ? [] : [path]
    })
    none(strange, 'tests whose path does not begin as that of a file of src')
  })
})

describe('sizes', () => {
  test(`no file above ${LIMITS.fileLines} lines`, () => {
    const tooLong = source.filter(({ lines }) => lines.length > LIMITS.fileLines)
    none(
      tooLong.map(({ path, lines }) => `${path}: ${lines.length}`),
      'files that are too long',
    )
  })

  test(`no function above ${LIMITS.functionLines} lines`, () => {
    const long = source.flatMap((file) =>
      functionsOf(file).flatMap(({ name, line, length }) =>
        length > LIMITS.functionLines ? [`${file.path}:${line} ${name}: ${length}`] : [],
      ),
    )
    none(long, 'functions that are too long')
  })
})

describe('style', () => {
  test('a file begins with a sentence that says what it is for', () => {
    const silent = everything.filter(({ path, lines }) => {
      const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
      const registry = basename(path) === 'index.ts'
      const mirrored = path.replace(/^test\/(.*)\.test\.ts$/, 'src/$1.ts')
      const mirror = source.some((file) => file.path === mirrored || file.path === `${mirrored}x`)
      return !registry && !mirror && !/^\/\/ \S.{15,}/.test(first ?? '')
    })
    none(
      silent.map(({ path, lines }) => `${path}: ${lines[0]}`),
      'files without a head sentence',
    )
  })

  test('names say what a file is for', () => {
    const vague = everything.filter(({ path }) => EMPTY_NAMES.includes(basename(path).replace(/\..*$/, '')))
    none(
      vague.map(({ path }) => path),
      'names that say nothing',
    )
  })

  test('named exports only, and nothing printed but by the commands', () => {
    const bare = source.map(({ path, text }) => ({ path, text: withoutComments(text) }))
    none(
      bare.filter(({ text }) => /^export default\b/m.test(text)).map(({ path }) => path),
      'default exports',
    )
    const printing = bare.filter(({ path, text }) => /(?<![-\w])console\.\w/.test(text) && !inside(path, 'src/cli'))
    none(
      printing.map(({ path }) => path),
      'files that print',
    )
  })

  test('nothing is left for later, and no rule is switched off without a reason', () => {
    const later = /\b(?:TODO|FIXME|XXX|HACK|not implemented|placeholder|stub)\b/i
    none(
      source.filter(({ text }) => later.test(text)).map(({ path, text }) => `${path}: ${later.exec(text)?.[0]}`),
      'unfinished',
    )
    const unexplained = /@ts-(?:ignore|nocheck)|@ts-expect-error\s*$|biome-ignore [^:]+:\s*$/m
    none(
      everything
        .filter(({ path, text }) => path !== 'test/house.test.ts' && unexplained.test(text))
        .map(({ path }) => path),
      'silenced',
    )
  })

  test('no test is switched off or left alone', () => {
    const ways = ['only', 'skip', 'todo']
    const off = new RegExp(`\\b(?:test|it|describe)[.](?:${ways.join('|')})\\b|\\b(?:${ways.join('|')}): true\\b`)
    for (const way of ways) assert.match(`test${'.'}${way}(`, off)
    const tests = everything.filter(({ path }) => path.startsWith('test/') && path !== 'test/house.test.ts')
    none(
      tests.filter(({ text }) => off.test(text)).map(({ path }) => path),
      'tests that do not run',
    )
  })

  test('tests wait through test/wait.ts, whose limits no slow machine reaches', () => {
    none(
      everything
        .filter(({ path }) => path.startsWith('test/') && path !== 'test/wait.ts')
        .filter(({ imports }) => imports.some((imported) => imported.path === 'src/demo/postgres/wait-for.ts'))
        .map(({ path }) => path),
      'tests that wait with a limit of their own',
    )
  })

  test('the program knows nothing of tests, and characters that can not be seen are written as escapes', () => {
    none(
      eachImport(({ path }, imported) => (imported.path?.startsWith('test/') ? path : null)),
      'imports of tests',
    )
    const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/
    none(
      everything.filter(({ text }) => unseen.test(text)).map(({ path }) => path),
      'invisible characters',
    )
  })
})

/** Whether a file of a walk imports another of it, or another imports it. */
function knowsAnother(path: string, walk: readonly string[]): boolean {
  return source.some(
    (file) =>
      walk.includes(file.path) &&
      file.imports.some(
        ({ path: to }) => to !== null && (file.path === path ? to !== path && walk.includes(to) : to === path),
      ),
  )
}

describe('the repository', () => {
  const text = (path: string) => readFileSync(join(ROOT, path), 'utf8')
  const manifest = JSON.parse(text('package.json'))

  test('generated files are fresh', async () => {
    assert.deepEqual(await staleFiles(), [])
  })

  test('the lockfile names no download addresses, and has everything locked', () => {
    const lock = JSON.parse(text('package-lock.json'))
    const packages = Object.entries<{ resolved?: string; integrity?: string; link?: boolean }>(lock.packages)
    none(
      packages.filter(([, { resolved }]) => /^https?:/.test(resolved ?? '')).map(([path]) => path),
      'addresses',
    )
    const outside = packages.filter(([path, { link }]) => path.includes('node_modules/') && !link)
    none(
      outside.filter(([, { integrity }]) => !integrity).map(([path]) => path),
      'packages without integrity',
    )
  })

  test('the package ships what it needs and brings no library along', () => {
    assert.equal(manifest.dependencies, undefined, 'libraries are in the bundle')
    for (const needed of ['bin', 'dist', 'config.schema.json', 'config.example.json', 'CHANGELOG.md']) {
      const isListed = (entry: string) => entry === needed || entry.startsWith(`${needed}/`)
      assert.ok(manifest.files.some(isListed), `package.json files: ${needed}`)
    }
    for (const path of [...Object.values<string>(manifest.bin), 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      assert.ok(existsSync(join(ROOT, path)), path)
    }
  })

  test('the README has its two lines, and its links lead somewhere', () => {
    const readme = text('README.md')
    for (const line of ['npm ci && npm start', 'npm ci && npm test']) assert.ok(readme.includes(line), line)
    const documents = files.filter((path) => path.endsWith('.md'))
    const broken = documents.flatMap((path) =>
      [...text(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) => {
        const from = join(ROOT, path, '..', target ?? '')
        return existsSync(from) ? [] : [`${path}: ${target}`]
      }),
    )
    none(broken, 'links that lead nowhere')
  })

  test('paths and names in documents exist', () => {
    const documents = [
      'CONTRIBUTING.md',
      'README.md',
      'SECURITY.md',
      ...files.filter((path) => /^docs\/.*\.md$/.test(path)),
    ]
    const missing = documents.flatMap((path) => missingNames(text(path)).map((name) => `${path}: ${name}`))
    none(missing, 'paths and names that do not exist')
    const name = ['none', 'Such()'].join('')
    assert.deepEqual(missingNames(`\`src/none.ts\`, \`${name}\`, \`src/cli/\`\n\`\`\`sh\n\`src/other.ts\`\n\`\`\`\n`), [
      'src/none.ts',
      name,
    ])
  })

  test('comments name errors and files that exist', () => {
    const missing = source.flatMap(({ path, text }) => missingInComments(text).map((name) => `${path}: ${name}`))
    none(missing, 'errors and files that do not exist')
    assert.deepEqual(missingInComments('/** Throws NoSuchError; see no-such-file.ts. */\n'), [
      'NoSuchError',
      'no-such-file.ts',
    ])
  })

  test('the files of the two walks in docs/architecture.md are there, and each knows another of them', () => {
    const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
    const [, walks = ''] = text.split('## Two walks through the code')
    const steps = [...(walks.split('\n## ')[0] ?? '').matchAll(/^(\d+)\. `([^`]+)`/gm)]
    const paths = steps.map(([, , path]) => `src/${path}`)
    none(
      paths.filter((path) => !source.some((file) => file.path === path)),
      'files of a walk that are not there',
    )
    const starts = steps.flatMap(([, number], index) => (number === '1' ? [index] : []))
    assert.equal(starts.length, 2)
    const [first, second] = [paths.slice(0, starts[1]), paths.slice(starts[1])]
    none(
      [first, second].flatMap((walk) => walk.filter((path) => !knowsAnother(path, walk))),
      'files of a walk that import none of it and that none of it imports',
    )
    assert.ok(first.length < 25 && second.length < 24, 'a walk has become longer than it was')
  })

  test('nothing refers to one machine', () => {
    const own = /(?:^|[^\w.])\/(?:work|farm|root)\/|registry\.npmjs/m
    const readable = files.filter(
      (path) => /\.(ts|tsx|mjs|js|json|md|sh|txt)$/.test(path) && path !== 'test/house.test.ts',
    )
    none(
      readable.filter((path) => own.test(text(path))),
      'paths or hosts of a machine',
    )
  })
})
