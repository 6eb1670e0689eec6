// The names that a completion takes from the configuration: actions, clusters and nodes.

import type { Config } from '../../../config/config.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'
import type { Output } from '../../invocation/output.ts'

export type ConfigNameKind = 'actions' | 'clusters' | 'nodes'

/** Shells expand or split other names: users type those by hand. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.:@+-]*$/

/** The names of that kind, each once; of one cluster if it is named. */
export function configNames(
  { clusters }: Config,
  kind: ConfigNameKind,
  cluster: string | undefined,
): readonly string[] {
  const chosen = clusters.filter(({ spec }) => cluster === undefined || spec.name === cluster)
  const names = {
    actions: () => chosen.flatMap(({ actions = [] }) => actions.map(({ name }) => name)),
    clusters: () => clusters.map(({ spec }) => spec.name),
    nodes: () => chosen.flatMap(({ spec }) => [...spec.servers, ...spec.databases].map(({ id }) => id)),
  }[kind]()
  return [...new Set(names)].filter((name) => PLAIN.test(name))
}

/** Prints the names, one a line. Resolves to exit code 0 in any case: a shell can't show errors while it completes. */
export async function configNamesCommand(kind: ConfigNameKind, common: CommonOptions, output: Output): Promise<number> {
  try {
    const { config } = await readConfig(common, [])
    const names = configNames(config, kind, common.cluster)
    await output.write(names.map((name) => `${name}\n`).join(''))
  } catch {
    // Without a usable configuration there is nothing to add.
  }
  return EXIT_CODES.ok
}
