// Finds the password when a server asks for one: dsn, passwordCommand, PGPASSWORD, password file.

import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { FileError, isOpenToOthers, readRawFile } from '../../files/text-files.ts'
import { type KeptPassword, runPasswordCommand } from '../../process/password-command.ts'
import { endpointName } from './postgres-fault.ts'

export interface FoundPassword {
  readonly value: string
  /** A description for the hint when it is rejected. */
  readonly source: string
}

/** A program that is run for each session, or the kept answer of one. */
export type PasswordCommand = readonly string[] | KeptPassword

export interface PasswordRequest {
  readonly connection: ConnectionParameters
  readonly host: string
  readonly port: number
  readonly command: PasswordCommand | null
}

/** Returns the password for one server. Throws an `auth` FaultError that lists the places searched if there is none. */
export async function findPassword(request: PasswordRequest): Promise<FoundPassword> {
  const { connection, command } = request
  if (connection.password !== null) return { value: connection.password, source: 'the dsn' }
  if (command && 'read' in command)
    return { value: await command.read(), source: `the answer of ${clean(command.program)}` }
  if (command) return { value: await runPasswordCommand(command), source: `the answer of ${clean(command[0] ?? '')}` }
  const ofEnvironment = process.env.PGPASSWORD
  if (ofEnvironment) return { value: ofEnvironment, source: 'PGPASSWORD' }
  const file = connection.passfile ?? defaultPassfile()
  const found = readPassfile(file, request)
  if (typeof found === 'object') return { value: found.password, source: file }
  const who = `role "${clean(connection.user)}" on ${endpointName(request)}`
  throw new FaultError({
    code: 'auth',
    message: `${who} needs a password, and pgdeck has none: ${found}`,
    reason: 'no-password',
    hint: `Add the line host:port:database:user:password to ${file} (mode 0600), or set passwordCommand or PGPASSWORD.`,
  })
}

function defaultPassfile(): string {
  return process.platform === 'win32'
    ? join(process.env.APPDATA ?? homedir(), 'postgresql', 'pgpass.conf')
    : join(process.env.HOME ?? homedir(), '.pgpass')
}

/** The password of the first matching line, or why there is none. */
function readPassfile(file: string, request: PasswordRequest): { readonly password: string } | string {
  try {
    const { text, mode } = readRawFile(file)
    // As libpq: a file that others may read is not used.
    if (isOpenToOthers(mode)) return `${file} is not used because others may read it (chmod 0600)`
    const password = passwordFromFile(text, wantedFields(request))
    if (password === null) return `no line of ${file} matches`
    if (password === '') return `the line of ${file} that matches has an empty password`
    const value = textOf(password)
    return value === null
      ? `the password in ${file} is not UTF-8 text, which pgdeck does not support`
      : { password: value }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return error.code === 'ENOENT' ? `there is no ${file}` : error.message
  }
}

/** The usual socket folders of servers and libpq: password files may name them localhost. */
const USUAL_FOLDER = /^\/(var\/)?(run\/postgresql|tmp)\/?$/

function wantedFields({ connection, host, port }: PasswordRequest): WantedFields {
  // Which folder libpq calls localhost was decided when it was built, so both are tried.
  const hosts = USUAL_FOLDER.test(host) ? [host, 'localhost'] : [host]
  return { hosts, rest: [String(port), connection.database, connection.user] }
}

/** The fields that a line must match; any of the hosts suffices. */
export interface WantedFields {
  readonly hosts: readonly string[]
  /** Port, database, user. */
  readonly rest: readonly string[]
}

/**
 * Returns the password of the first matching line `host:port:database:user:password`, possibly empty; null: no line
 * matches. Bytes are compared, as libpq does: in `file` each is the character with its number (Latin-1), and so in the
 * result.
 */
export function passwordFromFile(file: string, { hosts, rest }: WantedFields): string | null {
  for (const raw of file.split('\n')) {
    if (raw.startsWith('#')) continue
    const line = raw.replace(/\r+$/, '')
    for (const host of hosts) {
      const password = behindFields(line, [host, ...rest].map(bytesOf))
      if (password !== null) return password
    }
  }
  return null
}

/**
 * Returns the text after the matched fields up to the next colon; null if a field differs. Colons in a field need no
 * escape.
 */
function behindFields(line: string, fields: readonly string[]): string | null {
  let at = 0
  for (const field of fields) {
    const end = line.startsWith('*:', at) ? at + 1 : endOfField(line, at, field)
    if (end === null) return null
    at = end + 1
  }
  const [, password = ''] = /^((?:\\[\s\S]|[^:\\]|\\$)*)/.exec(line.slice(at)) ?? []
  return password.replace(/\\([\s\S])/g, '$1')
}

/**
 * Returns the position of the colon after the field; null if the line differs. A backslash precedes a literal
 * character.
 */
function endOfField(line: string, start: number, field: string): number | null {
  let at = start
  for (const character of field) {
    if (line[at] === '\\') at++
    if (line[at] !== character) return null
    at++
  }
  return line[at] === ':' ? at : null
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The bytes as UTF-8; null if they are not valid. */
function textOf(bytes: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return null
  }
}
