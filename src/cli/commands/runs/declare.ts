// The command `runs`: what it takes.

import type { Command } from 'commander'
import type { Config } from '../../../config/config.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'

/** Adds `runs`. */
export function declareRuns(program: Command, invocation: Invocation): void {
  program
    .command('runs')
    .description(
      'print runs of actions, newest first, and runs in progress on any host; with an id, that run with all its steps',
    )
    .argument('[run]', 'the id of a run')
    .option('--json', 'print a JSON document')
    .action((run: string | undefined, { json = false }: { json?: boolean }, command: Command) =>
      invocation.run(command, async (common, screen, reporting) => {
        const { runsCommand } = await import('./run.ts')
        const watched = run === undefined ? await configIfThere(common) : null
        return runsCommand({ ...screen, ...reporting, run, watched, json })
      }),
    )
}

/** The config, for the runs in progress on its servers; null without one. Kept runs need no config. */
async function configIfThere(common: CommonOptions): Promise<Config | null> {
  try {
    return (await readConfig(common, [])).config
  } catch (error) {
    if (common.config !== undefined) throw error
    return null
  }
}
