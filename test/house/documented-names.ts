// The paths and names that documents and comments for contributors write, and those of them that do not exist.

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectFiles, ROOT, readSource } from './source.ts'

/** Where a path may begin: `io/runs/journal.ts` is below `src/`, `watching/poll-once.ts` below `src/cli/`. */
const STARTS = ['', 'src', 'src/cli']
const TOP = new Set(['src', 'test', 'scripts', 'docs', 'bin', 'bench', 'tools'])
/** Paths of a machine or of a build, and patterns. */
const ELSEWHERE = /^(?:\.?\/|(?:dist|build|node_modules|coverage)\/)|[^\w./-]/

const files = projectFiles()
const baseNames = new Set(files.map((path) => basename(path)))
const words = new Set(
  files
    .filter((path) => /^(?:src|test|scripts)\/.*\.m?tsx?$/.test(path))
    .flatMap((path) => readSource(path).text.match(/[A-Za-z]\w+/g) ?? []),
)
const errorClasses = new Set(
  files
    .filter((path) => /^src\/.*\.tsx?$/.test(path))
    .flatMap((path) => [...readSource(path).text.matchAll(/\bclass (\w+)/g)].map(([, name = '']) => name)),
)

/**
 * What a document names in backquotes, outside of its blocks of code, and the repository does not have: paths (`src/cli/`,
 * `io/runs/journal.ts`, `pulse-sql.ts`), functions (`redact()`), types (`ConditionRule`) and constants (`ALERT_RULES`).
 */
export function missingNames(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '')
  const quoted = new Set([...prose.matchAll(/`([^`\s]+)`/g)].map(([, word = '']) => word))
  return [...quoted].filter((word) => (isPath(word) ? !isThere(word) : !isDeclared(word)))
}

function isPath(word: string): boolean {
  if (ELSEWHERE.test(word)) return false
  const [first = ''] = word.split('/')
  if (!word.includes('/')) return /\.(?:tsx?|mjs)$/.test(word)
  return TOP.has(first) || existsSync(join(ROOT, 'src', first)) || existsSync(join(ROOT, 'src/cli', first))
}

function isThere(path: string): boolean {
  return path.includes('/') ? STARTS.some((start) => existsSync(join(ROOT, start, path))) : baseNames.has(path)
}

/** Words that look like a function, a type or a constant have to be in the source; functions of PostgreSQL are not ours. */
function isDeclared(word: string): boolean {
  const name =
    /^(?!pg_)([a-zA-Z]\w+)\(\)$/.exec(word)?.[1] ?? /^(?:(?:[A-Z][a-z]+){2,}|[A-Z]+(?:_[A-Z]+)+)$/.exec(word)?.[0]
  return name === undefined || words.has(name)
}

/** Errors of JavaScript and of commander. */
const OTHERS = new Set(['CommanderError', 'Error', 'RangeError', 'SyntaxError', 'TypeError'])

/** What the comments of a source text name and the repository does not have: errors that are thrown, and source files. */
export function missingInComments(text: string): readonly string[] {
  const comments = (text.match(/^\s*(?:\/\/|\/?\*).*$/gm) ?? []).join('\n')
  const errors = [...comments.matchAll(/\b[Tt]hrows (?:an? )?([A-Z]\w*[a-z]\w*)/g)].map(([, name = '']) => name)
  const paths = [...comments.matchAll(/(?<![\w./*-])[\w-]+\.tsx?\b/g)].map(([path]) => path)
  return [
    ...errors.filter((name) => !OTHERS.has(name) && !errorClasses.has(name) && name !== 'Node'),
    ...paths.filter((path) => !baseNames.has(path)),
  ]
}
