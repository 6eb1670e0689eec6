// `:edit`: opens the user's editor on the configuration file, then checks the result.

import type { Config } from '../../config/config.ts'
import { ConfigError } from '../../config/problems/config-error.ts'
import { workingFolder } from '../../io/process/working-folder.ts'
import { findProgram, runInForeground } from '../../io/terminal/foreground.ts'
import { clean } from '../../model/values/text.ts'
import type { ForegroundProgram, ForegroundProgramEnd } from '../../state/controller.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A runnable editor for this file (null: there is none), or why there is none. */
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

/** The first problem of the file now, or that it is valid. */
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
