// How a command's failure is told: one message on stderr, the right exit code, a stack only in the log.

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
  /** null: nothing to say, e.g. after the help was shown. */
  readonly message: string | null
}

/** What to tell about an error and how to exit. Errors that no user can cause are written to the log with their stack. */
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

/** Writes the stack to the log, else to one in the state folder; answers with the file that holds it. */
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

/** The parser's own messages as one line; asking for help or version is no failure. */
function usageFailure(error: CommanderError): CommandFailure {
  if (error.exitCode === 0) return { code: EXIT_CODES.ok, message: null }
  if (error.code === 'commander.help') return { code: EXIT_CODES.usage, message: null }
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\)$/, '; did you mean $1')
  if (error.code === 'commander.unknownOption') return { code: EXIT_CODES.usage, message: withoutValue(message) }
  return { code: EXIT_CODES.usage, message }
}

/** `--passwrd=x`, `-px`: whatever an option that is not known was given stays unsaid. */
function withoutValue(message: string): string {
  return message.replace(/'(--[^=']*)=[\s\S]*'/, "'$1'").replace(/'(-[^-'])[^'][\s\S]*'/, "'$1'")
}
