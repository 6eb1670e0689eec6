// Puts pg_hba.conf together from its files: `@file` in a field, and include, include_if_exists, include_dir.

import { type HbaToken, hbaFields, hbaLines } from './tokens.ts'

/** How the files are read; the model itself reads none. */
export interface HbaFileReader {
  /** The file's text, or null when there is none. */
  readonly read: (path: string) => string | null
  /** Names of the files in a folder, or null when there is no such folder. */
  readonly list: (folder: string) => readonly string[] | null
}

/** A line that says something, with its fields, or with the reason why the server can't even split it. */
export interface HbaFieldLine {
  readonly file: string
  readonly line: number
  readonly raw: string
  readonly fields: readonly (readonly HbaToken[])[]
  readonly error: string | null
}

const DEEPEST = 10
/** Files that include each other twice at each level would be read a thousand times over. */
const MOST_FILES = 2_000
const MOST_TOKENS = 500_000
/** Of all files together, each as often as it is included. */
const MOST_CHARACTERS = 4_000_000

/** All lines that say something, in the order in which the server sees them; null when the file itself can't be read. */
export function readFieldLines(path: string, files: HbaFileReader, version: number): readonly HbaFieldLine[] | null {
  const text = files.read(path)
  if (text === null) return null
  return new Collector(files, version).lines(path, text, 0)
}

/** The path as the server resolves it: relative to the folder of the file that names it, and then tidied. */
function resolveIncludePath(path: string, from: string): string {
  if (path.startsWith('/') || (DRIVE.test(path) && DRIVE.test(from))) return path
  const slash = from.lastIndexOf('/')
  return slash < 0 ? path : tidied(`${from.slice(0, slash + 1)}${path}`)
}

const DRIVE = /^[a-z]:[\\/]/i

function tidied(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 1 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part)
  }
  return parts.join('/')
}

interface Expanded {
  readonly tokens: readonly HbaToken[]
  readonly error: string | null
}

class Collector {
  readonly #files: HbaFileReader
  readonly #version: number
  #opened = 0
  #tokens = 0
  #characters = 0

  constructor(files: HbaFileReader, version: number) {
    this.#files = files
    this.#version = version
  }

  lines(file: string, text: string, depth: number): HbaFieldLine[] {
    return hbaLines(text, this.#version).flatMap(({ number, text: raw }) => {
      const line = this.#expanded(
        { file, line: number, raw, fields: hbaFields(raw, this.#version), error: null },
        depth,
      )
      if (line.error === null && line.fields.length === 0) return []
      return line.error === null && line.fields.length === 2 && this.#version >= 16
        ? this.#included(line, depth)
        : [line]
    })
  }

  /** The line with its `@file` words replaced by what those files hold; a field that is left empty is none. */
  #expanded(line: HbaFieldLine, depth: number): HbaFieldLine {
    const fields: (readonly HbaToken[])[] = []
    for (const field of line.fields) {
      const tokens: HbaToken[] = []
      for (const token of field) {
        const expanded = this.#wordsOf(token, line.file, depth)
        if (expanded.error !== null) return { ...line, fields, error: expanded.error }
        for (const one of expanded.tokens) tokens.push(one)
      }
      if (tokens.length > 0) fields.push(tokens)
    }
    return { ...line, fields }
  }

  #wordsOf(token: HbaToken, from: string, depth: number): Expanded {
    if (token.quoted || token.text.length < 2 || !token.text.startsWith('@')) return this.#counted([token])
    const path = resolveIncludePath(token.text.slice(1), from)
    const text = this.#open(path, depth + 1)
    if (typeof text !== 'string') return { tokens: [], error: this.#unopened(token.text, path, text.error) }
    const lines = this.lines(path, text, depth + 1)
    const bad = lines.find(({ error }) => error !== null)
    if (bad) return { tokens: [], error: bad.error }
    return this.#counted(lines.flatMap(({ fields }) => fields.flat()))
  }

  /** As the version says it. */
  #unopened(word: string, path: string, error: string): string {
    if (this.#version >= 16) return error
    return error.replace(`file "${path}"`, () => `secondary authentication file "${word}" as "${path}"`)
  }

  #counted(tokens: readonly HbaToken[]): Expanded {
    this.#tokens += tokens.length
    return this.#tokens > MOST_TOKENS ? { tokens: [], error: 'the files name too many words' } : { tokens, error: null }
  }

  #open(path: string, depth: number): string | { readonly error: string; readonly missing: boolean } {
    const failed = (why: string, missing = false) => ({ error: `could not open file "${path}": ${why}`, missing })
    if (depth > DEEPEST) return failed('maximum nesting depth exceeded')
    if (++this.#opened > MOST_FILES) return failed('too many files')
    if (this.#characters > MOST_CHARACTERS) return failed('the files are too long')
    const text = this.#files.read(path)
    this.#characters += text?.length ?? 0
    return text ?? failed('No such file or directory', true)
  }

  #included(line: HbaFieldLine, depth: number): readonly HbaFieldLine[] {
    const [directive, name] = line.fields.map((field) => field[0]?.text ?? '')
    const path = resolveIncludePath(name ?? '', line.file)
    if (directive === 'include' || directive === 'include_if_exists') {
      const text = this.#open(path, depth + 1)
      if (typeof text === 'string') return this.lines(path, text, depth + 1)
      return text.missing && directive === 'include_if_exists' ? [] : [{ ...line, error: text.error }]
    }
    if (directive !== 'include_dir') return [line]
    // As the server, which asks about its blanks before it looks for the folder.
    if (/^[ \t\r\n]*$/.test(name ?? '')) return [{ ...line, error: 'empty configuration directory name' }]
    return this.#folder(line, path, depth)
  }

  #folder(line: HbaFieldLine, path: string, depth: number): readonly HbaFieldLine[] {
    const names = this.#files.list(path)
    if (names === null) {
      return [{ ...line, error: `could not open directory "${path}": No such file or directory` }]
    }
    const files = names.filter((name) => name.length > 5 && name.endsWith('.conf') && !name.startsWith('.')).sort()
    const lines: HbaFieldLine[] = []
    const errors: string[] = []
    for (const name of files) {
      const inner = `${path.replace(/\/+$/, '')}/${name}`
      const text = this.#open(inner, depth + 1)
      if (typeof text !== 'string') errors.push(text.error)
      else for (const one of this.lines(inner, text, depth + 1)) lines.push(one)
    }
    return errors.length > 0 ? [...lines, { ...line, error: errors.join('\n') }] : lines
  }
}
