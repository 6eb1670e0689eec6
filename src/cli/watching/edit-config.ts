// `:edit`: the user's own editor on the configuration file, and whether what it left is good.

import type { Config } from '../../config/config.ts'
import { ConfigError } from '../../config/problems/config-error.ts'
import { workingFolder } from '../../io/process/working-folder.ts'
import { findProgram, runInForeground } from '../../io/terminal/foreground.ts'
import { clean } from '../../model/values/text.ts'
import type { ForegroundProgram, ForegroundProgramEnd } from '../../state/controller.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** An editor on this file (null: there is none) that can be run now, or why there is none. */
export function configEditor(file: string | null, env: Environment): ForegroundProgram {
  if (file === null) return { reason: 'there is no configuration file: pgdeck was started with connection strings' }
  const [name = 'vi', ...args] = (env.VISUAL?.trim() || env.EDITOR?.trim() || 'vi').split(/\s+/)
  const program = name.includes('/') ? name : findProgram(name, env.PATH)
  if (program === null)
    return { reason: `${clean(name)} is not installed here, or not on the PATH: set VISUAL or EDITOR` }
  const title = `${clean(name)} on ${clean(file)}`
  return {
    title,
    returnHint: 'quit it to return to pgdeck',
    async run() {
      const { exitCode, signal } = await runInForeground(program, [...args, file], env)
      if (signal !== null) return `${title} was ended by ${signal}`
      if (exitCode !== 0) return `${title} ended with ${exitCode}`
      return judged(file, env)
    },
  }
}

/** What is wrong with the file now, its first problem; or that it is good. */
async function judged(file: string, env: Environment): Promise<ForegroundProgramEnd> {
  const [{ loadConfig }, { requireValidCustomKeys }] = await Promise.all([
    import('../../config/load.ts'),
    import('../invocation/custom-keys.ts'),
  ])
  try {
    const config: Config = loadConfig({ path: file, env, cwd: workingFolder() })
    await requireValidCustomKeys(config)
    return { good: `${clean(file)} is valid; pgdeck uses it after the next start` }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [first = '', ...others] = error.message.split('\n')
    return clean(others.length === 0 ? first : `${first} (and ${others.length} more: pgdeck config validate)`)
  }
}
