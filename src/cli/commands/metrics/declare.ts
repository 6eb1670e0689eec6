// The command `metrics`: what it takes.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument } from '../../invocation/shared-options.ts'
import { traceForceOption } from '../../invocation/trace.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'
import { type RecordingOptions, recordOption, statementsOption } from '../../watching/recording-options.ts'
import { type ListenAddress, parseListenAddress } from './listen-address.ts'

interface MetricsArguments extends RecordingOptions {
  readonly listen?: ListenAddress
}

/** Adds `metrics`. */
export function declareMetrics(program: Command, invocation: Invocation): void {
  program
    .command('metrics')
    .description('print OpenMetrics of one poll, or serve them with --listen')
    .addArgument(dsnArgument())
    .addOption(new Option('--listen <[host:]port>', 'serve /metrics and /healthz at this address').argParser(address))
    .addOption(recordOption())
    .addOption(statementsOption())
    .addOption(traceForceOption())
    .action((dsns: string[], options: MetricsArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        invocation.requireDsns(dsns, null)
        const config = await polledConfigFor(invocation, common, dsns)
        const { metricsCommand } = await import('./run.ts')
        const { listen = null, record = false, statements = false } = options
        if ((record || statements) && listen === null) throw new UsageError('metrics: --record needs --listen')
        return metricsCommand({
          ...reporting,
          config,
          discovers: dsns.length > 0,
          listen,
          record,
          statements,
          notify: invocation.notify,
          log: invocation.log,
        })
      }),
    )
}

function address(text: string): ListenAddress {
  const parsed = parseListenAddress(text)
  if (parsed) return parsed
  throw new InvalidArgumentError('Allowed: a port, or a host and a port, such as 9187, 0.0.0.0:9187 or [::1]:9187.')
}
