// Runs the command that starts PostgreSQL on a host. A failure quotes what the server wrote before it ended.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { redact } from '../../model/logs/redact.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { startupLogIn } from './service.ts'

export interface ServerStart {
  readonly database: string
  readonly start: readonly string[]
  readonly dataDirectory: string | null
}

const LIMIT_MS = 150_000
const TAIL_LINES = '40'

/** Throws ActionError if the command is unknown or fails. The server may outlive a lost connection to its host. */
export async function startServer(
  { database, start, dataDirectory }: ServerStart,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<void> {
  if (start.length === 0) throw new ActionError(`the start command of ${database} is unknown`, 'Start it on its host.')
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
  const { exitCode, stderr } = await connection.run(start, options)
  if (exitCode === 0) return
  const log = dataDirectory === null ? null : startupLogIn(dataDirectory)
  const said = log !== null && start.includes(log) ? await lastErrorIn(log, connection, tools) : null
  const why = said ?? lastLineOf(stderr)
  throw new ActionError(
    `starting ${database} ended with exit code ${exitCode ?? '?'}${why === null ? '' : `: ${why}`}`,
    `Find the cause in its log: pgdeck diagnose ${database}`,
  )
}

/** The last line of an error in the log; null if it has none, or can't be read. */
async function lastErrorIn(log: string, connection: HostConnection, { signal }: ActionToolbox): Promise<string | null> {
  const tail = await connection.run(['tail', '-n', TAIL_LINES, log], { signal }).catch(() => null)
  const errors = (tail?.stdout ?? '').split('\n').filter((line) => /\b(?:FATAL|PANIC|ERROR):/.test(line))
  return lastLineOf(errors.join('\n'))
}

function lastLineOf(text: string): string | null {
  const last = clean(redact(text.trim().split('\n').at(-1) ?? ''))
  return last === '' ? null : last
}
