// Reads the project's own source as text: which file imports what, how long files and functions are. It relies on the
// formatter: a block ends at the first line of its own indentation, which holds for every file that passes `biome check`.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
  readonly line: number
  /** As written: `./lsn.ts`, `node:fs`, `pg`. */
  readonly from: string
  /** From the top of the repository; null for packages and Node's own modules. */
  readonly path: string | null
  readonly dynamic: boolean
}

export interface SourceFile {
  /** From the top of the repository. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'coverage'])

/** Files of the repository, from its top, without what is installed or built. */
export function projectFiles(folder = ''): readonly string[] {
  const found = readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : projectFiles(path)
    return entry.isFile() ? [path] : []
  })
  return found.sort()
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return { path, text, lines, imports: importsOf(path, text) }
}

// `import … from 'x'`, `export … from 'x'`, `import 'x'`; over several lines too.
const STATIC = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(path: string, text: string): readonly Import[] {
  const found: Import[] = []
  for (const [pattern, dynamic] of [
    [STATIC, false],
    [DYNAMIC, true],
  ] as const) {
    for (const match of text.matchAll(pattern)) {
      const from = match[1] ?? ''
      const line = text.slice(0, match.index).split('\n').length
      const relative = from.startsWith('.')
      found.push({ line, from, path: relative ? normalize(join(dirname(path), from)) : null, dynamic })
    }
  }
  return found
}

const DECLARED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm

/** Names that a file declares and exports, each once; overloads and a type beside its value are one name. */
export function exportedNames({ text }: SourceFile): readonly string[] {
  return [...new Set([...withoutComments(text).matchAll(DECLARED)].map(([, name = '']) => name))]
}

/** The words of a name in small letters: `fooBar`, `FooBar`, `FOO_BAR` and `foo-bar` → foo, bar. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_.-]+/)
}

/** Whether one change of one letter makes one name of the other. */
export function areOneLetterApart(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1 || one === other) return false
  let from = 0
  while (from < short.length && short[from] === long[from]) from += 1
  let to = 0
  while (to < short.length - from && short[short.length - 1 - to] === long[long.length - 1 - to]) to += 1
  return long.length - from - to <= 1
}

/** Sets of nodes that reach each other. */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) found.push(circle)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}

export interface Block {
  readonly name: string
  readonly line: number
  readonly length: number
}

const FUNCTION_STARTS = [
  /^(\s*)(?:export )?(?:default )?(?:async )?function\*? ?(\w*)/,
  /^(\s*)(?:export )?const (\w+)(?:: .+)? = (?:async )?(?:<.+>)?\(.*\).*=> \{$/,
  /^(\s*)(?:(?:public|private|static|override|async|get|set) )*\*?(#?\w+)\(.*\).*\{$/,
  /^(\s*).*?(\w*)\(?(?:async )?\([^()]*\)(?:: .+)? => \{$/,
]
const NOT_FUNCTIONS = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'describe', 'test'])

/** The functions of a file that span several lines, with the number of lines from the first to the closing brace. */
export function functionsOf({ lines }: SourceFile): readonly Block[] {
  const found: Block[] = []
  for (const [index, line] of lines.entries()) {
    const match = FUNCTION_STARTS.map((pattern) => pattern.exec(line)).find((result) => result !== null)
    if (!match || NOT_FUNCTIONS.has(match[2] ?? '')) continue
    const indent = match[1] ?? ''
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`))
    if (end > index) found.push({ name: match[2] || '(unnamed)', line: index + 1, length: end - index + 1 })
  }
  return found
}

/** A file's text without comments, so that a word of prose is not taken for code. Strings stay. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1')
}
