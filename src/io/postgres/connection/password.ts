// Where a password comes from when a server asks for one: dsn, passwordCommand, PGPASSWORD, password file.

import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { FileError, isOpenToOthers, readTextFile } from '../../files/text-files.ts'
import { runCommand } from '../../process/command.ts'
import { endpointName } from './postgres-fault.ts'

export interface FoundPassword {
  readonly value: string
  /** In words, for the hint when it is not accepted. */
  readonly source: string
}

export interface PasswordRequest {
  readonly connection: ConnectionParameters
  readonly host: string
  readonly port: number
  readonly command: readonly string[] | null
}

/** A program that asks a vault may be slow, but one that hangs is ended. */
const COMMAND_LIMIT_MS = 30_000

/** The password for one server. Throws an `auth` FaultError that says what was looked at when there is none. */
export async function findPassword(request: PasswordRequest): Promise<FoundPassword> {
  const { connection, command } = request
  if (connection.password !== null) return { value: connection.password, source: 'the dsn' }
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
    hint: `Add the line host:port:database:user:password to ${file} (mode 0600), or set passwordCommand or PGPASSWORD.`,
  })
}

async function runPasswordCommand(command: readonly string[]): Promise<string> {
  const program = clean(command[0] ?? '')
  const refuse = (message: string) =>
    new FaultError({
      code: 'auth',
      message,
      hint: 'Run passwordCommand by hand: it has to print the password and exit 0.',
    })
  const outcome = await runCommand(command, AbortSignal.timeout(COMMAND_LIMIT_MS)).catch((error: unknown) => {
    throw refuse(
      `passwordCommand failed: ${error instanceof FaultError ? error.fault.message : `${program} did not run`}`,
    )
  })
  if (outcome.exitCode !== 0) {
    const how = outcome.exitCode === null ? `was ended by ${outcome.signal}` : `exited with ${outcome.exitCode}`
    throw refuse(`passwordCommand failed: ${program} ${how}`)
  }
  const [line = ''] = outcome.stdout.split(/\r?\n/)
  if (line === '') throw refuse(`passwordCommand failed: ${program} printed nothing`)
  return line
}

function defaultPassfile(): string {
  return process.platform === 'win32'
    ? join(process.env.APPDATA ?? homedir(), 'postgresql', 'pgpass.conf')
    : join(process.env.HOME ?? homedir(), '.pgpass')
}

/** The password of the first line that fits, or why there is none. */
function readPassfile(file: string, request: PasswordRequest): { readonly password: string } | string {
  try {
    const { text, mode } = readTextFile(file)
    // As libpq: a file that others may read is not used.
    if (isOpenToOthers(mode)) return `${file} is not used because others may read it (chmod 0600)`
    const password = passwordFromFile(text, wantedFields(request))
    return password === null ? `no line of ${file} matches` : { password }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return error.code === 'ENOENT' ? `there is no ${file}` : error.message
  }
}

function wantedFields({ connection, host, port }: PasswordRequest): readonly string[] {
  // libpq knows the default folders of the socket by the name localhost too.
  const name = /^\/(var\/)?(run\/postgresql|tmp)\/?$/.test(host) ? 'localhost' : host
  return [name, String(port), connection.database, connection.user]
}

/** The password in a file of lines `host:port:database:user:password`, where `*` fits all and `\` escapes `:` and `\`. */
export function passwordFromFile(text: string, wanted: readonly string[]): string | null {
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const [, ...fields] =
      /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/.exec(line) ?? []
    const [password, ...pattern] = [fields.at(-1), ...fields.slice(0, -1)]
    if (!password || pattern.length !== wanted.length) continue
    if (pattern.every((field, index) => field === '*' || unescaped(field) === wanted[index])) return unescaped(password)
  }
  return null
}

function unescaped(field: string): string {
  return field.replace(/\\(.)/g, '$1')
}
