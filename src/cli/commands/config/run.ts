// `pgdeck config`: makes a configuration, checks one, prints its schema.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { ConfigError } from '../../../config/problems/config-error.ts'
import { writeOutputFile } from '../../../io/files/output-file.ts'
import { workingFolder } from '../../../io/process/working-folder.ts'
import { clean } from '../../../model/values/text.ts'
import type { DiscoveryResult } from '../../../runtime/discovery/discovery.ts'
import { plural } from '../../../ui/frame/format/values.ts'
import { listenForSignals } from '../../invocation/command-signals.ts'
import { requireValidCustomKeys } from '../../invocation/custom-keys.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import type { CommonOptions } from '../../invocation/options.ts'
import { jsonText, type Output, requireWritableOut } from '../../invocation/output.ts'

/** Diagnostics, one line each. */
export type PrintDiagnostic = (text: string) => void

export interface ConfigInitOptions {
  readonly dsns: readonly string[]
  /** Path of the file; absent: standard output. */
  readonly out?: string | undefined
  readonly force: boolean
  readonly clusterName?: string | undefined
  readonly output: Output
  readonly notify: PrintDiagnostic
}

/** Discovery has time: a node that answers late is still worth an entry. */
const DISCOVERY_TIMEOUT_MS = 5_000

/** Writes a config from what the connection strings lead to, or a template. Resolves to the exit code. */
export async function configInitCommand(options: ConfigInitOptions): Promise<number> {
  const { out } = options
  if (out !== undefined) requireWritableOut('--out', out, options.force)
  const text = options.dsns.length === 0 ? await starter() : await discovered(options)
  if (typeof text === 'number') return text
  if (out === undefined) await options.output.write(text)
  else {
    writeOutputFile(out, text, options)
    options.notify(`wrote ${out}; see it with  pgdeck --config ${out}`)
  }
  return EXIT_CODES.ok
}

async function starter(): Promise<string> {
  const { CONFIG_TEMPLATE } = await import('../../../config/template.ts')
  return CONFIG_TEMPLATE
}

/** The text of the config, or the exit code if there is nothing to write. */
async function discovered(options: ConfigInitOptions): Promise<string | number> {
  const { configFromDsns } = await import('../../../config/from-dsns.ts')
  const [given] = configFromDsns(options.dsns, process.env).clusters
  if (given === undefined) throw new Error('connection strings make one cluster')
  const interruption = listenForSignals()
  try {
    const { discover } = await import('../../../runtime/discovery/discovery.ts')
    const discovery = await discover(given, { timeoutMs: DISCOVERY_TIMEOUT_MS, signal: interruption.signal })
    const { separateEntryPoints } = await import('../../../runtime/discovery/entry-points.ts')
    const { cluster, notes } = await separateEntryPoints(discovery, {
      timeoutMs: DISCOVERY_TIMEOUT_MS,
      signal: interruption.signal,
    })
    for (const note of notes) options.notify(note)
    return interruption.code() ?? (await composed(given, { ...discovery, cluster }, options))
  } finally {
    interruption.release()
  }
}

async function composed(
  given: ClusterConfig,
  discovery: DiscoveryResult,
  options: ConfigInitOptions,
): Promise<string | number> {
  const { unreachableText } = await import('../../../runtime/discovery/discovery.ts')
  for (const database of discovery.unreachable) options.notify(unreachableText(database))
  if (reachedNone(given, discovery)) {
    options.notify('no database could be reached: no configuration was written')
    return EXIT_CODES.unreachable
  }
  if (given.databases.some(({ connection }) => connection.password !== null)) {
    options.notify('pgdeck writes no passwords into the configuration: put them into ~/.pgpass or "passwordCommand"')
  }
  const spec = { ...discovery.cluster.spec, name: options.clusterName ?? discovery.cluster.spec.name }
  const { configText } = await import('../../../config/write-config.ts')
  return configText({ ...discovery.cluster, spec }, process.env)
}

function reachedNone(given: ClusterConfig, discovery: DiscoveryResult): boolean {
  if (discovery.cluster.databases.some(({ spec }) => !given.databases.some((each) => each.spec.id === spec.id)))
    return false
  return given.databases.every(({ spec }) =>
    discovery.unreachable.some(({ address, port }) => address === spec.host && port === spec.port),
  )
}

/** Checks the config that would be used. Resolves to 0, or to 1 after it has printed every problem. */
export async function configValidateCommand(options: {
  readonly common: CommonOptions
  /** The file of the argument; else the usual search. */
  readonly file?: string | undefined
  readonly output: Output
  readonly notify: PrintDiagnostic
}): Promise<number> {
  const { loadConfig } = await import('../../../config/load.ts')
  try {
    const path = options.file ?? options.common.config ?? null
    const config = loadConfig({ path, env: process.env, cwd: workingFolder() })
    await requireValidCustomKeys(config)
    for (const warning of config.warnings) options.notify(`warning: ${clean(warning)}`)
    await options.output.write(`${clean(config.file ?? '')}: valid: ${summary(config)}\n`)
    return EXIT_CODES.ok
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const line of error.message.split('\n')) options.notify(line)
    return EXIT_CODES.failed
  }
}

function summary({ clusters }: Config): string {
  const count = (of: (cluster: ClusterConfig) => readonly unknown[]) =>
    clusters.reduce((sum, cluster) => sum + of(cluster).length, 0)
  return [
    plural(clusters.length, 'cluster'),
    plural(
      count(({ databases }) => databases),
      'database',
    ),
    plural(
      count(({ servers }) => servers),
      'server',
    ),
    plural(
      count(({ hosts }) => hosts),
      'host',
    ),
  ].join(', ')
}

/** Prints the JSON Schema of the config file. Resolves to the exit code. */
export async function configSchemaCommand(options: { readonly output: Output }): Promise<number> {
  const { configJsonSchema } = await import('../../../config/schema/file.ts')
  await options.output.write(jsonText(configJsonSchema(), 'pretty'))
  return EXIT_CODES.ok
}
