// The commands `config init`, `config validate` and `config schema`: what they take.

import type { Command } from 'commander'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument } from '../../invocation/shared-options.ts'

/** Adds `config`. */
export function declareConfig(program: Command, invocation: Invocation): void {
  const config = program.command('config').description('create, validate or describe a configuration')
  config
    .command('init')
    .description('print a configuration: of the cluster that connection strings reach, or a template to fill in')
    .addArgument(dsnArgument())
    .option('--out <file>', 'write it to this file')
    .option('--force', 'replace the file if it exists')
    .action((dsns: string[], { out, force = false }: { out?: string; force?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, { output }) => {
        invocation.requireDsns(dsns, null)
        const { configInitCommand } = await import('./run.ts')
        return configInitCommand({ dsns, out, force, clusterName: common.cluster, output, notify: invocation.notify })
      }),
    )
  config
    .command('validate')
    .description('validate the configuration file')
    .argument('[file]', 'the file, instead of --config and the usual places')
    .action((file: string | undefined, _: object, command: Command) =>
      invocation.run(command, async (common, __, { output }) => {
        if (file !== undefined && common.config !== undefined) {
          throw new UsageError('config validate: give the file as an argument or with --config, not both')
        }
        const { configValidateCommand } = await import('./run.ts')
        return configValidateCommand({ common, file, output, notify: invocation.notify })
      }),
    )
  config
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action((_: object, command: Command) =>
      invocation.run(command, async (__, ___, { output }) => {
        const { configSchemaCommand } = await import('./run.ts')
        return configSchemaCommand({ output })
      }),
    )
}
