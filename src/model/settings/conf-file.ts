// Reads postgresql.conf and what it includes as the server does, and says what of it the server would refuse.

import { booleanValue } from './boolean-value.ts'
import { parseConfLine } from './conf-line.ts'

/** How the files are read; the model itself reads none. Paths are absolute. */
export interface ConfFileReader {
  /** The file's text; null: there is none. */
  readonly read: (path: string) => string | null
  /** Names of the files in a folder; null: there is no such folder. */
  readonly list: (folder: string) => readonly string[] | null
}

interface ConfSetting {
  /** In lower case. */
  readonly name: string
  readonly value: string
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Why the server refuses to take the files. */
interface ConfProblem {
  readonly file: string
  readonly line: number | null
  readonly error: string
}

export interface ConfContent {
  /** In the order in which they count: of several with one name the last. */
  readonly settings: readonly ConfSetting[]
  readonly problems: readonly ConfProblem[]
}

const DEEPEST = 10
const MOST_FILES = 500
/** Files that include others several times over would be read for minutes. */
const MOST_CHARACTERS = 4_000_000

/** The main file, and postgresql.auto.conf of the data directory behind it. */
export function readConf(path: string, dataDirectory: string | null, files: ConfFileReader): ConfContent {
  const scan: Scan = { files, settings: [], problems: [], opened: 0, characters: 0 }
  readFile(scan, { path, from: null, depth: 0, isOptional: false })
  if (dataDirectory !== null) {
    const auto = `${dataDirectory}/postgresql.auto.conf`
    readFile(scan, { path: auto, from: null, depth: 0, isOptional: true })
  }
  return scan
}

/** The value that counts; null: the files have none. */
export function confValue({ settings }: Pick<ConfContent, 'settings'>, name: string): string | null {
  return settings.findLast((setting) => setting.name === name)?.value ?? null
}

/** Whether the files turn a Boolean setting on whose default is off. */
export function isOnInConf(conf: Pick<ConfContent, 'settings'>, name: string): boolean {
  return booleanValue(confValue(conf, name) ?? 'off') === true
}

interface Scan extends ConfContent {
  readonly files: ConfFileReader
  readonly settings: ConfSetting[]
  readonly problems: ConfProblem[]
  opened: number
  characters: number
}

interface Included {
  readonly path: string
  /** The line that includes it. */
  readonly from: { readonly file: string; readonly line: number } | null
  readonly depth: number
  readonly isOptional: boolean
}

function readFile(scan: Scan, { path, from, depth, isOptional }: Included): void {
  const fail = (error: string) =>
    scan.problems.push({
      file: from?.file ?? path,
      line: from?.line ?? null,
      error: `could not open configuration file "${path}": ${error}`,
    })
  if (path === from?.file) {
    scan.problems.push({ ...from, error: `configuration file recursion in "${path}"` })
    return
  }
  if (depth > DEEPEST || ++scan.opened > MOST_FILES) {
    fail('maximum nesting depth exceeded')
    return
  }
  const text = scan.files.read(path)
  if (text === null) {
    if (!isOptional) fail('No such file or directory')
    return
  }
  scan.characters += text.length
  if (scan.characters > MOST_CHARACTERS) {
    if (scan.characters - text.length <= MOST_CHARACTERS)
      fail('its files are longer than 4 MB, and are read no further')
    return
  }
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1
    const parsed = parseConfLine(raw)
    if (parsed === null) continue
    if ('error' in parsed) scan.problems.push({ file: path, line, error: parsed.error })
    else if (!includes(scan, { ...parsed, file: path, line }, depth)) {
      scan.settings.push({ ...parsed, name: parsed.name.toLowerCase(), file: path, line })
    }
  }
}

/** Whether the line was a directive. */
function includes(scan: Scan, { name, value, file, line }: ConfSetting, depth: number): boolean {
  const path = besides(value, file)
  const from = { file, line }
  switch (name.toLowerCase()) {
    case 'include':
    case 'include_if_exists':
      readFile(scan, { path, from, depth: depth + 1, isOptional: name.toLowerCase() !== 'include' })
      return true
    case 'include_dir': {
      const names = scan.files.list(path)
      if (names === null) {
        scan.problems.push({
          ...from,
          error: `could not open configuration directory "${path}": No such file or directory`,
        })
      }
      const taken = (names ?? []).filter((each) => /^[^.].*\.conf$/.test(each)).sort()
      for (const each of taken) {
        readFile(scan, { path: `${path.replace(/\/+$/, '')}/${each}`, from, depth: depth + 1, isOptional: false })
      }
      return true
    }
  }
  return false
}

/** Relative to the folder of the file that names it. */
function besides(path: string, from: string): string {
  return path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/') + 1)}${path}`
}

/** Reads from afar. Throws for a file that is there but can't be read. */
export interface RemoteConfFiles {
  read(path: string): Promise<string | null>
  list(folder: string): Promise<readonly string[] | null>
}

/** The same from where reading takes time: level by level what the files include. Throws what `far` throws. */
export async function fetchConf(
  path: string,
  dataDirectory: string | null,
  far: RemoteConfFiles,
): Promise<ConfContent> {
  const texts = new Map<string, string | null>()
  const folders = new Map<string, readonly string[] | null>()
  const noted = <T>(from: ReadonlyMap<string, T | null>, name: string, missing: Set<string>): T | null => {
    if (!from.has(name)) missing.add(name)
    return from.get(name) ?? null
  }
  for (let round = 0; ; round++) {
    const wanted = new Set<string>()
    const wantedFolders = new Set<string>()
    const content = readConf(path, dataDirectory, {
      read: (name) => noted(texts, name, wanted),
      list: (name) => noted(folders, name, wantedFolders),
    })
    if (wanted.size + wantedFolders.size === 0 || round > 2 * DEEPEST) return content
    for (const name of wanted) texts.set(name, await far.read(name))
    for (const name of wantedFolders) folders.set(name, await far.list(name))
  }
}
