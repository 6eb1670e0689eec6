// The command `version`: what it takes.

import { type Command, Option } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'

/** Adds `version`. */
export function declareVersion(program: Command, invocation: Invocation): void {
  program
    .command('version')
    .description('print the versions of pgdeck and Node')
    .addOption(new Option('--json', 'as a JSON document').conflicts('licenses'))
    .option('--licenses', 'the licenses of the libraries in pgdeck')
    .action(({ json = false, licenses }: { json?: boolean; licenses?: boolean }, command: Command) =>
      invocation.run(command, async (_, __, { output }) => {
        const { licencesCommand, versionCommand } = await import('./run.ts')
        return licenses ? licencesCommand(output) : versionCommand({ json, output })
      }),
    )
}
