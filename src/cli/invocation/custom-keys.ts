// Compares the keys of the config with the key table of the screen. The table is loaded only if a config has keys.

import type { Config } from '../../config/config.ts'
import { ConfigError } from '../../config/problems/config-error.ts'
import { type CommonOptions, readConfig } from './options.ts'

/** Throws a ConfigError with every problem at its place in the file if `ui.keys` can't be used. */
export async function requireValidCustomKeys({ file, ui }: Config): Promise<void> {
  if (file === null || Object.keys(ui.keys).length === 0) return
  const { customKeyProblems } = await import('../../ui/keys/keymap/custom-key-problems.ts')
  const problems = customKeyProblems(ui.keys).map(({ action, at, message }) => ({
    path: ['ui', 'keys', action],
    at,
    message,
  }))
  if (problems.length === 0) return
  const { configErrorOf } = await import('../../config/load.ts')
  throw configErrorOf(file, problems)
}

/** The keys of the config that would be used; none without a config. */
export async function configuredCustomKeys(common: CommonOptions): Promise<Config['ui']['keys']> {
  try {
    return (await readConfig(common, [])).config.ui.keys
  } catch (error) {
    if (error instanceof ConfigError && error.kind === 'missing') return {}
    throw error
  }
}
