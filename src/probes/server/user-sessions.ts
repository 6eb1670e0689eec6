// Counts the user sessions of an application server by SQL, a JSON document or a command, as its configuration says.

import { createHash } from 'node:crypto'
import type { SessionsSource } from '../../config/config.ts'
import { httpGet } from '../../io/http/http-get.ts'
import { runCommand } from '../../io/process/command.ts'
import { FaultError } from '../../model/values/fault.ts'
import { DEFAULT_SEARCH_PATH } from '../../model/values/sql-names.ts'
import { clean } from '../../model/values/text.ts'
import type { Probe, ProbeInputs } from '../probe.ts'
import { certificateNameOf, serverUrlWithPath } from './http-health.ts'
import { describeJson, JsonPointerError, resolveJsonPointer } from './json-pointer.ts'

const DOCUMENT_LIMIT = 1024 * 1024

type Target = ProbeInputs['server']
type By<Kind> = Extract<SessionsSource, { readonly kind: Kind }>

/** Returns whole sessions, never negative. Any other answer of the source is a fault of code `protocol`. */
export const userSessionsProbe: Probe<'server', number> = {
  id: 'sessions',
  scope: 'server',
  title: 'User sessions of an application server',
  source: 'the `sessions` of its config: a query on its database, a JSON document of its own, or a command',
  runs: 'always',
  every: 'interval',
  needs: ['SELECT on the tables of the configured query; nobody else may create in the schemas of its `searchPath`'],
  read(target, signal) {
    const source = target.server.sessions
    switch (source?.kind) {
      case 'sql':
        return bySql(target, source, signal)
      case 'json':
        return byJson(target, source, signal)
      case 'command':
        return byCommand(source, signal)
      case undefined:
        return Promise.reject(notCounted('the config has no source for them', 'Set `sessions` for the server.'))
    }
  },
}

async function bySql({ server, database }: Target, source: By<'sql'>, signal: AbortSignal): Promise<number> {
  if (!database) {
    throw notCounted('the server has no watched database', 'Name one of `databases` in `database` of the server.')
  }
  const { sql: text, parameters: values, searchPath = DEFAULT_SEARCH_PATH } = source
  // A prepared statement's name stands for one text within a session, and several servers may share the session.
  const name = `pgdeck_sessions_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  const rows = await database.query<Readonly<Record<string, unknown>>>({ name, text, values, searchPath }, signal)
  const hint = 'Let the query give one row with one whole number, as count(*) does.'
  const [row] = rows
  if (rows.length !== 1 || !row) throw notCounted(`the query of ${server.spec.id} gave ${rows.length} rows`, hint)
  const [column] = Object.entries(row)
  if (!column) throw notCounted(`the query of ${server.spec.id} gave no column`, hint)
  const [label, value] = column
  return wholeNumber(value) ?? refuse(`the query gave ${label} = ${describeJson(value)}`, hint)
}

async function byJson({ server }: Target, source: By<'json'>, signal: AbortSignal): Promise<number> {
  const url = serverUrlWithPath(server, source.path)
  const where = `${url.pathname} of ${server.spec.id}`
  const heard = await httpGet({ url, serverName: certificateNameOf(server), bodyLimit: DOCUMENT_LIMIT, signal })
  if (heard.status !== 200) {
    const to = heard.location === null ? '' : `, a redirection to ${heard.location}`
    throw notCounted(
      `${where} answered with status ${heard.status}${to}`,
      'Check the path, and whether it needs a login.',
    )
  }
  const document = parsed(heard.body ?? '', where)
  const hint = 'Check `pointer` (RFC 6901, e.g. /sessions/active) against the document.'
  try {
    const value = resolveJsonPointer(document, source.pointer)
    if (typeof value === 'number' && wholeNumber(value) !== null) return value
    throw notCounted(`${source.pointer} in ${where} is ${describeJson(value)}, not a count`, hint)
  } catch (error) {
    if (error instanceof JsonPointerError) throw notCounted(`${error.message} in ${where}`, hint)
    throw error
  }
}

function parsed(body: string, where: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw notCounted(`${where} is not JSON: it begins with ${describeJson(body.slice(0, 40))}`, 'Check the path.')
  }
}

async function byCommand({ command }: By<'command'>, signal: AbortSignal): Promise<number> {
  const [program = ''] = command
  const outcome = await runCommand(command, signal)
  if (outcome.exitCode !== 0) {
    const how = outcome.signal === null ? `exited with ${outcome.exitCode}` : `was ended by ${outcome.signal}`
    const said = outcome.stderr.trim().slice(0, 200)
    throw notCounted(`${program} ${how}${said === '' ? '' : `: ${said}`}`, 'Run it by hand as the user of pgdeck.')
  }
  const line = (outcome.stdout.split('\n')[0] ?? '').trim()
  const count = wholeNumber(line)
  if (count !== null) return count
  return refuse(
    `the first line that ${program} printed (exit code 0) is ${describeJson(line)}`,
    'Let it print the count as a whole number on its first line.',
  )
}

/** Returns a count from a number, a bigint or digits (PostgreSQL sends int8 so); null for anything else. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === 'string' && !/^\d{1,15}$/.test(value)) return null
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return null
  const count = Number(value)
  return Number.isSafeInteger(count) && count >= 0 ? count : null
}

function refuse(value: string, hint: string): never {
  throw notCounted(`${value}, not a count`, hint)
}

function notCounted(why: string, hint: string): FaultError {
  return new FaultError({ code: 'protocol', message: clean(`pgdeck can't count the sessions: ${why}`), hint })
}
