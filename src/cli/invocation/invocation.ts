// The context of a running command: its options in its own form, its output, and the place of its exit code.

import type { Command } from 'commander'
import { closest, distance } from 'fastest-levenshtein'
import { looksLikeDsn } from '../../config/dsn/dsn-text.ts'
import { NO_PROGRAM_LOG, openProgramLog, type ProgramLog } from '../../io/files/program-log.ts'
import { listenForDebugMessages } from '../../io/process/debug-messages.ts'
import { clean } from '../../model/values/text.ts'
import { localeText } from '../text/print.ts'
import { UsageError } from './exit-codes.ts'
import type { CommonOptions } from './options.ts'
import { type Output, standardOutput, usesColour } from './output.ts'
import { isHarmlessWord, withoutPasswords } from './redact-arguments.ts'
import { openTrace, type TraceRecorder } from './trace.ts'

/** The common options in the form of the screens. */
interface ScreenSettings {
  readonly clusterName: string | undefined
  readonly intervalMs: number | undefined
  readonly readOnly: boolean
  readonly log: ProgramLog
  /** Absent: no trace is requested. */
  readonly trace?: TraceRecorder
}

/** The common options in the form of commands that print. */
interface PrintSettings {
  /** A diagnostic on stderr. */
  readonly notify: (text: string) => void
  readonly clusterName: string | undefined
  readonly intervalMs: number | undefined
  readonly colour: boolean
  readonly output: Output
  readonly log: ProgramLog
  /** Absent: no trace is requested. */
  readonly trace?: TraceRecorder
}

type Body = (common: CommonOptions, screen: ScreenSettings, report: PrintSettings) => Promise<number>

/** One call of the program. */
export class Invocation {
  readonly version: string
  /** As in process.argv. */
  readonly argv: readonly string[]
  /** Of the command that ran; null before one did. */
  exitCode: number | null = null
  log: ProgramLog = NO_PROGRAM_LOG
  readonly #output = standardOutput()

  constructor(version: string, argv: readonly string[]) {
    this.version = version
    this.argv = argv
  }

  /** Runs a command's body with its options and keeps its exit code. */
  async run(command: Command, body: Body): Promise<void> {
    const common = command.optsWithGlobals<CommonOptions>()
    this.#openLog(common, command.name())
    // The screen's libraries read the environment only.
    if (!common.color) Object.assign(process.env, { NO_COLOR: '1', FORCE_COLOR: '0' })
    const trace = await openTrace(command.name(), common, this.version)
    const settings = {
      clusterName: common.cluster,
      intervalMs: common.interval,
      log: this.log,
      ...(trace ? { trace } : {}),
    }
    try {
      this.exitCode = await body(
        common,
        { ...settings, readOnly: common.readOnly ?? false },
        {
          ...settings,
          colour: usesColour(this.#output, common, process.env),
          output: this.#output,
          notify: this.notify,
        },
      )
    } finally {
      await trace?.close()
    }
    this.log.write('info', `${command.name()} ended with exit code ${this.exitCode}`)
  }

  /** Prints a diagnostic on stderr, without passwords of the arguments. Its lines are made harmless for the terminal. */
  readonly notify = (text: string): void => {
    process.stderr.write(
      localeText(`pgdeck: ${withoutPasswords(text, this.argv).split('\n').map(clean).join('\n  ')}\n`),
    )
  }

  /** Prints warnings of the config. */
  warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      this.notify(`warning: ${warning}`)
      this.log.write('warning', warning)
    }
  }

  /** Throws UsageError for an argument that is no connection string. With a program, it may be a mistyped command. */
  requireDsns(given: readonly string[], program: Command | null): void {
    const wrong = given.find((argument) => !looksLikeDsn(argument))
    if (wrong === undefined) return
    const names = (program?.commands ?? []).map((command) => command.name())
    // A password with a blank that lost its quotes is split into several arguments.
    const mayRepeat = isHarmlessWord(wrong) && !given.some(looksLikeDsn)
    const what = mayRepeat ? `"${clean(wrong)}"` : `argument ${given.indexOf(wrong) + 1}`
    const start = `${what} is ${names.length > 0 ? 'neither a command nor' : 'not'} a connection string`
    const nearest = names.length > 0 && mayRepeat ? suggestion(wrong, names) : ''
    throw new UsageError(`${start}${nearest}; connection strings look like postgresql://user@host:5432/database`)
  }

  /** Throws UsageError if help is requested for an unknown command: `help nope`, `config help nope`. */
  requireTopic(words: readonly string[], program: Command): void {
    const [first, second] = words
    const inside = program.commands.find((command) => command.name() === first)
    if (inside && inside.commands.length > 0) this.requireTopic(words.slice(1), inside)
    if (first !== 'help' || second === undefined || second === 'help' || second.startsWith('-')) return
    const names = program.commands.map((command) => command.name())
    if (names.includes(second)) return
    throw new UsageError(
      `help: "${clean(second)}" is no command${suggestion(second, names)}; there are ${names.join(', ')}`,
    )
  }

  #openLog({ logFile, logLevel }: CommonOptions, name: string): void {
    if (logFile === undefined) return
    try {
      this.log = openProgramLog({ file: logFile, level: logLevel })
    } catch (error) {
      throw new UsageError(`--log-file ${logFile}: ${(error as Error).message}`)
    }
    this.log.write('info', `pgdeck ${this.version} ${name}, Node ${process.versions.node}`)
    if (logLevel === 'debug') listenForDebugMessages((text) => this.log.write('debug', text))
  }
}

/** Suggests only a word within a few typing errors: an unrelated one would mislead. */
function suggestion(wrong: string, names: readonly string[]): string {
  const nearest = closest(wrong, names)
  return distance(wrong, nearest) <= Math.max(1, Math.floor(nearest.length / 2)) ? ` (did you mean ${nearest}?)` : ''
}
