// The command `backtest`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { sinceOption } from '../../invocation/shared-options.ts'

interface BacktestArguments {
  readonly alerts: string
  readonly since?: number
  readonly json?: boolean
}

/** Adds `backtest`. */
export function declareBacktest(program: Command, invocation: Invocation): void {
  program
    .command('backtest')
    .description('count which alerts other limits would have given in recorded time')
    .argument('<file>', 'a file of pgdeck record --export, or a recording itself')
    .requiredOption('--alerts <file>', 'the limits to try, as in the key "alerts" of a cluster')
    .addOption(sinceOption('from this time on'))
    .option('--json', 'print a JSON document')
    .action((file: string, options: BacktestArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const { backtestCommand } = await import('./run.ts')
        return backtestCommand({ ...reporting, ...options, file, json: options.json ?? false, cluster: common.cluster })
      }),
    )
}
