// One call of pgdeck, from its arguments to its exit code.

import { CommanderError } from 'commander'
import { pluginLine } from './commands/check/evaluation/plugin-line.ts'
import { pluginArguments } from './commands/check/plugin-arguments.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES } from './invocation/exit-codes.ts'
import { commandFailureOf } from './invocation/failure.ts'
import { Invocation } from './invocation/invocation.ts'
import { commonOptions } from './invocation/options.ts'
import { exitOnBrokenPipe } from './invocation/output.ts'
import { withoutPasswords } from './invocation/redact-arguments.ts'
import { VERSION } from './invocation/version.ts'
import { createProgram } from './program.ts'

/** Runs the command that `argv` (as in process.argv) names. Resolves to the exit code; every failure has been reported. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  exitOnBrokenPipe()
  const context = new Invocation(VERSION, argv)
  const program = createProgram(context)
  const plugin = pluginArguments(argv, commonOptions())
  const fail = (error: unknown) => (plugin ? failedPlugin : failed)(error, context)
  endOrderlyOnDefects(fail)
  try {
    context.requireTopic(argv.slice(2), program)
    await program.parseAsync(plugin ?? argv)
    return context.exitCode ?? EXIT_CODES.ok
  } catch (error) {
    return fail(mistypedCommand(error, argv, context, program) ?? error)
  }
}

/** Reports an uncaught error like every other failure. While the screen is shown, the screen also listens and ends first. */
function endOrderlyOnDefects(fail: (error: unknown) => number): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') === 1) process.exit(fail(error))
  })
}

function failed(error: unknown, context: Invocation): number {
  const { code, message } = commandFailureOf(error, context.log)
  if (message !== null) context.notify(message)
  return code
}

/** A plugin prints one line on standard output and has four exit codes, whatever fails. */
function failedPlugin(error: unknown, context: Invocation): number {
  const { code, message } = commandFailureOf(error, context.log)
  if (message === null && code === EXIT_CODES.ok) return code
  process.stdout.write(
    pluginLine(
      'unknown',
      withoutPasswords(message ?? 'wrong usage', context.argv)
        .split('\n')
        .join('; '),
    ),
  )
  return HEALTH_EXIT_CODES.unknown
}

/**
 * `pgdeck statsu --json`: the default command rejects the option, but the mistake is the command. The first argument
 * can be judged without knowing which options take values.
 */
function mistypedCommand(
  error: unknown,
  argv: readonly string[],
  context: Invocation,
  program: ReturnType<typeof createProgram>,
): unknown {
  const first = argv[2]
  if (!(error instanceof CommanderError) || error.exitCode === 0 || first === undefined || first.startsWith('-'))
    return null
  if (first === 'help' || program.commands.some((command) => command.name() === first)) return null
  try {
    context.requireDsns([first], program)
    return null
  } catch (usage) {
    return usage
  }
}
