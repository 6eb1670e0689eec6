// The command `topology`: what it takes.

import { type Command, Option } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument } from '../../invocation/shared-options.ts'
import { traceForceOption } from '../../invocation/trace.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'

/** Adds `topology`. */
export function declareTopology(program: Command, invocation: Invocation): void {
  program
    .command('topology')
    .description('poll once and print the tree of databases and servers')
    .addArgument(dsnArgument())
    .addOption(new Option('--json', 'print a JSON document').conflicts('dot'))
    .option('--dot', 'print a graph for Graphviz')
    .addOption(traceForceOption())
    .action((dsns: string[], options: { json?: boolean; dot?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        invocation.requireDsns(dsns, null)
        const config = await polledConfigFor(invocation, common, dsns)
        const { topologyCommand } = await import('./run.ts')
        return topologyCommand({ ...reporting, config, format: options.json ? 'json' : options.dot ? 'dot' : 'text' })
      }),
    )
}
