// Why a server that is down does not start, from the end of its log and from its files, or that somebody stopped it.

import type { LogTail } from '../../logs/entries/log-tail.ts'
import type { LogMessageId } from '../../logs/messages/english.ts'
import type { Certainty } from '../check-result.ts'
import { START_CAUSES, type StartPlace } from './start-causes.ts'
import { type ServerFiles, startFileFindings } from './start-files.ts'
import { lastWords } from './start-log.ts'

export interface StartFailure {
  readonly evidence: string
  readonly certainty: Certainty
  readonly next: string
  /** When it gave up; null: not known. */
  readonly at: number | null
  /** Whether it gave up because something else listens on its port. */
  readonly isPortTaken: boolean
}

/** What is known of a server that is down. `null`: could not be read. */
export interface StoppedServer {
  readonly host: string
  readonly files: ServerFiles | null
  readonly log: LogTail | null
}

/** Messages about files that were read: where these have nothing wrong any more, somebody has mended them. */
const OF_FILES: ReadonlySet<LogMessageId> = new Set<LogMessageId>([
  'conf-syntax',
  'unknown-setting',
  'bad-value',
  'file-contains-errors',
  'hba-not-loaded',
  'recovery-conf',
  'data-permissions',
  'ssl-key-permissions',
  'several-targets',
])

/** null: nothing speaks against a start. */
export function startFailure(server: StoppedServer): StartFailure | null {
  const { files, log, host } = server
  const place: StartPlace = { dataDirectory: files?.dataDirectory ?? null, host }
  const words = log && lastWords(log)
  const said = words?.kind === 'gave-up' ? words : null
  const isPortTaken = said?.id === 'address-in-use' || said?.id === 'port-taken'
  const [first, ...more] = files ? startFileFindings(files) : []
  if (first) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    const last = said === null ? '' : `; its log has: ${said.text}`
    const isAgreed = said?.id !== null && said?.id !== undefined && OF_FILES.has(said.id)
    const certainty = isAgreed ? 'certain' : first.certainty
    return { evidence: `${first.text}${others}${last}`, certainty, next: first.next, at: said?.at ?? null, isPortTaken }
  }
  if (!said) return null
  const evidence = `its log has: ${said.text}`
  const cause = START_CAUSES.find(({ id }) => id === said.id)
  if (!cause) return { evidence, certainty: 'likely', next: 'correct that; then start it', at: said.at, isPortTaken }
  if (files !== null && OF_FILES.has(cause.id)) {
    const mended = 'the files have no such error now: start it'
    return { evidence, certainty: 'possible', next: mended, at: said.at, isPortTaken }
  }
  return { evidence, certainty: 'certain', next: cause.next(place), at: said.at, isPortTaken }
}

/** `received fast shutdown request`, where that was the last that it did; null: its log does not tell. */
export function stopRequestText(log: LogTail | null): string | null {
  const words = log && lastWords(log)
  return words?.kind === 'told-to-stop' ? words.text : null
}
