// The options of every command, and the config that they select.

import { InvalidArgumentError, Option } from 'commander'
import type { Config } from '../../config/config.ts'
import { LOG_LEVELS, type LogLevel } from '../../io/files/program-log.ts'
import { workingFolder } from '../../io/process/working-folder.ts'
import { parseDuration } from '../../model/values/units.ts'
import { UsageError } from './exit-codes.ts'

/** In the form of the argument parser. */
export interface CommonOptions {
  readonly config?: string
  readonly cluster?: string
  /** Milliseconds. */
  readonly interval?: number
  readonly readOnly?: boolean
  readonly color: boolean
  readonly logLevel: LogLevel
  readonly logFile?: string
  readonly trace?: string
  /** Only some commands have it: overwrite an existing file. */
  readonly force?: boolean
}

/** The common options in the order of the help. */
export function commonOptions(): readonly Option[] {
  return [
    new Option('-c, --config <file>', 'the configuration file'),
    new Option('--cluster <name>', 'only the cluster with this name'),
    new Option('--interval <duration>', 'how often to poll, e.g. 2s or 500ms').argParser(interval),
    new Option('--read-only', 'disable all actions'),
    new Option('--no-color', 'no colours (also: NO_COLOR in the environment)'),
    new Option('--log-level <level>', 'log level').choices(LOG_LEVELS).default('warning'),
    new Option('--log-file <file>', 'write a log to this file'),
    new Option('--trace <file>', 'record what happens in this file, to replay it for a bug report'),
  ]
}

function interval(text: string): number {
  const ms = parseDuration(text)
  if (ms !== null && ms >= 100 && ms <= 86_400_000) return ms
  throw new InvalidArgumentError('Allowed: a duration from 100ms to 1d, such as 500ms, 2s or 5m.')
}

/** The source of a command's clusters. */
export interface CommandConfig {
  readonly config: Config
  /** True if the config was made from connection strings. */
  readonly fromDsns: boolean
}

/** The config of the connection strings if there are any, else of the file. Throws UsageError and ConfigError. */
export async function readConfig(options: CommonOptions, dsns: readonly string[]): Promise<CommandConfig> {
  const { env } = process
  // The value of `--config "$FILE"` if the variable is not set.
  if (options.config === '') throw new UsageError('--config: the name is empty; allowed: the path of a file')
  if (dsns.length > 0) {
    if (options.config !== undefined) {
      throw new UsageError('give either --config or connection strings, not both')
    }
    const { configFromDsns } = await import('../../config/from-dsns.ts')
    return { config: configFromDsns(dsns, env), fromDsns: true }
  }
  const { loadConfig } = await import('../../config/load.ts')
  const config = loadConfig({ path: options.config ?? null, env, cwd: workingFolder(), cluster: options.cluster })
  const { requireValidCustomKeys } = await import('./custom-keys.ts')
  await requireValidCustomKeys(config)
  return { config, fromDsns: false }
}
