// The command `check`: what it takes.

import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { looksLikeDsn } from '../../../config/dsn/dsn-text.ts'
import { parseDuration } from '../../../model/values/units.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { resolvePolledConfig } from '../../watching/polled-config.ts'
import { CHECK_NAMES, type CheckName } from './names.ts'

interface CheckArguments {
  readonly warning?: string
  readonly critical?: string
  readonly expect?: string
  readonly timeout: number
  readonly dsn?: readonly string[]
}

/** Adds `check`. */
export function declareCheck(program: Command, invocation: Invocation): void {
  program
    .command('check')
    .description('a Nagios plugin: poll once, apply one rule, print one line and exit 0 to 3')
    .addArgument(new Argument('<rule>', 'the rule to apply').choices(CHECK_NAMES))
    .argument('[name|dsn...]', 'the node (or cluster) to check; connection strings, instead of a configuration')
    .option('-w, --warning <range>', 'limit or Nagios range for a warning, e.g. 8MB, 10s or 10:80')
    .option('-c, --critical <range>', 'limit or Nagios range for critical (the config is --config here)')
    .option('--expect <value>', 'the expected role or timeline')
    .addOption(
      new Option('-t, --timeout <duration>', 'exit 3 (unknown) after this time')
        .argParser(timeout)
        .default(10_000, '10s'),
    )
    .addOption(new Option('--dsn <dsn>', 'a connection string; may be repeated').argParser(collected))
    .action((rule: CheckName, words: string[], options: CheckArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const [name = null, ...more] = words.filter((word) => !looksLikeDsn(word))
        if (more.length > 0) throw new UsageError(`check takes one name: ${[name, ...more].join(', ')}`)
        const dsns = [...(options.dsn ?? []), ...words.filter(looksLikeDsn)]
        const { checkCommand } = await import('./run.ts')
        // Some monitoring systems read standard error as part of the result: warnings go to the log only.
        const note = (text: string) => invocation.log.write('warning', text)
        const config = () => resolvePolledConfig(common, dsns, note)
        return checkCommand({ ...reporting, ...options, rule, name, config, timeoutMs: options.timeout })
      }),
    )
}

/** Plugins are given whole seconds, pgdeck durations. */
function timeout(text: string): number {
  const ms = parseDuration(/^\d+$/.test(text) ? `${text}s` : text)
  if (ms !== null && ms >= 100 && ms <= 600_000) return ms
  throw new InvalidArgumentError('Allowed: seconds or a duration from 100ms to 10m.')
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
