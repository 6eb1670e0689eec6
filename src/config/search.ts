// Where the configuration file is looked for.

import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { pathExists } from '../io/files/text-files.ts'
import { listText } from '../model/values/text.ts'
import { looksLikeDsn } from './dsn/dsn-text.ts'
import type { Environment } from './environment.ts'
import { ConfigError } from './problems/config-error.ts'

/** What loadConfig needs to find and read the file; `path` is what `--config` names. */
export interface ConfigSource {
  readonly path?: string | null
  readonly env: Environment
  /** null: it is gone. */
  readonly cwd: string | null
  /** Name of the only cluster that is used: what the file says of others is not warned of. */
  readonly cluster?: string | undefined
}

export interface FoundConfig {
  readonly path: string
  /** By `--config` or `$PGDECK_CONFIG`; else it was found where configurations usually are. */
  readonly isNamed: boolean
}

/** The absolute path of the file to use: the one that is named, else the first that exists. Throws ConfigError. */
export function findConfig(source: ConfigSource): FoundConfig {
  const named = source.path ?? (source.env.PGDECK_CONFIG || null)
  if (named !== null) return { path: pathOf(named, source), isNamed: true }
  const places = usualPlaces(source)
  const path = places.find(pathExists)
  if (path !== undefined) return { path, isNamed: false }
  const message =
    `no configuration found (looked for ${listText(places)}). ` +
    'Name one with --config, give connection strings (pgdeck postgresql://…), or try  pgdeck demo'
  throw new ConfigError('missing', null, [{ path: null, line: null, column: null, message }])
}

/** A connection string in the wrong place may hold a password, which the message of a missing file would repeat. */
function pathOf(named: string, { cwd, path }: ConfigSource): string {
  if (cwd === null && !isAbsolute(named)) {
    const message =
      'the working folder was removed, and a relative path needs it: change to another folder, or name the file by its whole path'
    throw new ConfigError('missing', null, [{ path: null, line: null, column: null, message }])
  }
  const whole = resolve(cwd ?? '/', named)
  if (!(looksLikeDsn(named) || named.includes('@')) || pathExists(whole)) return whole
  const message =
    `${path == null ? 'PGDECK_CONFIG' : '--config'} names a configuration file, but this is a connection string: ` +
    'give it as an argument of its own'
  throw new ConfigError('missing', null, [{ path: null, line: null, column: null, message }])
}

function usualPlaces({ env, cwd }: ConfigSource): readonly string[] {
  // The base directory specification says that a relative path there is to be ignored.
  const given = env.XDG_CONFIG_HOME ?? ''
  const base = isAbsolute(given) ? given : join(env.HOME || homedir(), '.config')
  return [...(cwd === null ? [] : [join(cwd, 'pgdeck.json')]), join(base, 'pgdeck', 'config.json')]
}
