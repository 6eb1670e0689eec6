// The report of a failure: one message on stderr, the exit code, and the stack only in the log.

import { join } from 'node:path'
import { CommanderError } from 'commander'
import { ConfigError } from '../../config/problems/config-error.ts'
import { NO_PROGRAM_LOG, openProgramLog, type ProgramLog } from '../../io/files/program-log.ts'
import { FileError, makePrivateFolder } from '../../io/files/text-files.ts'
import { UNTRUSTED } from '../../io/files/trusted-file.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import { redact } from '../../model/logs/redact.ts'
import { FaultError, messageOf } from '../../model/values/fault.ts'
import { TerminalError } from '../../ui/terminal/terminal.ts'
import { CommandError, EXIT_CODES, UsageError } from './exit-codes.ts'

export interface CommandFailure {
  readonly code: number
  /** null: no message, e.g. after the help was shown. */
  readonly message: string | null
}

/** The message and exit code of an error. The stack of an error that no user can cause is written to the log. */
export function commandFailureOf(error: unknown, log: ProgramLog): CommandFailure {
  if (error instanceof CommanderError) return usageFailure(error)
  if (error instanceof UsageError || error instanceof TerminalError)
    return { code: EXIT_CODES.usage, message: error.message }
  if (error instanceof ConfigError) {
    return { code: error.kind === 'dsn' ? EXIT_CODES.usage : EXIT_CODES.config, message: error.message }
  }
  if (error instanceof FileError && error.code === UNTRUSTED) return { code: EXIT_CODES.config, message: error.message }
  if (error instanceof FileError || error instanceof CommandError)
    return { code: EXIT_CODES.failed, message: error.message }
  if (error instanceof FaultError) {
    const { message, hint } = error.fault
    return { code: EXIT_CODES.unreachable, message: hint === null ? message : `${message}\n${hint}` }
  }
  const where = keepStack(error, log)
  const what = messageOf(error)
  return {
    code: EXIT_CODES.failed,
    message: `internal error: ${what}${where === null ? '' : `\nThe details are in ${where}`}`,
  }
}

/** Writes the stack to the log, else to one in the state folder. Returns the path of the file. */
function keepStack(error: unknown, log: ProgramLog): string | null {
  const stack = redact(error instanceof Error ? (error.stack ?? error.message) : String(error))
  try {
    const kept = log === NO_PROGRAM_LOG ? openProgramLog({ file: ownLogFile(), level: 'error' }) : log
    kept.write('error', stack)
    return kept.file
  } catch {
    // A full disk or a read-only home must not hide the failure itself.
    return null
  }
}

function ownLogFile(): string {
  return join(makePrivateFolder(stateFolder(process.env)), 'pgdeck.log')
}

/** The parser's messages as one line. A request for help or the version is no failure. */
function usageFailure(error: CommanderError): CommandFailure {
  if (error.exitCode === 0) return { code: EXIT_CODES.ok, message: null }
  if (error.code === 'commander.help') return { code: EXIT_CODES.usage, message: null }
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\)$/, '; did you mean $1')
  if (error.code === 'commander.unknownOption') return { code: EXIT_CODES.usage, message: withoutValue(message) }
  return { code: EXIT_CODES.usage, message }
}

/** `--passwrd=x`, `-px`: the value of an unknown option is not repeated. */
function withoutValue(message: string): string {
  return message.replace(/'(--[^=']*)=[\s\S]*'/, "'$1'").replace(/'(-[^-'])[^'][\s\S]*'/, "'$1'")
}
