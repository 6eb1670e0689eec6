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
