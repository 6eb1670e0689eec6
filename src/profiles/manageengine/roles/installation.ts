// The product's installation on one host, and what pgdeck can do there.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import type { HostConfig } from '../../../config/config.ts'
import type { HostConnection } from '../../../io/hosts/host-connection.ts'
import type { StepMethod } from '../../../model/runs/plan.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'

export interface ProductInstallation {
  /** Id of the host; null if the server has none in the configuration. */
  readonly host: string | null
  /** `manual`: pgdeck has no access, the host does not answer, or it runs Windows, which has no POSIX shell. */
  readonly control: Extract<StepMethod, 'local' | 'ssh' | 'manual'>
  readonly isWindows: boolean
  /** The configured folder; null if it is not configured. */
  readonly folder: string | null
  readonly dataDirectory: string | null
  /** Commands of the service; null if they are not configured. */
  readonly start: readonly string[] | null
  readonly stop: readonly string[] | null
  readonly address: string | null
}

const LIMIT_MS = 8_000

/** Tests whether the host answers. Never throws. */
export async function productInstallationOn(hostId: string | null, tools: ActionToolbox): Promise<ProductInstallation> {
  const config = tools.config.hosts.find(({ id }) => id === hostId) ?? null
  const connection = tools.host(config?.id ?? null)
  const isWindows = config?.platform === 'windows'
  const answers = connection !== null && !isWindows && (await doesAnswer(connection, tools.signal))
  return { ...fromConfig(config), isWindows, control: answers && connection ? connection.accessKind : 'manual' }
}

function fromConfig(config: HostConfig | null): Omit<ProductInstallation, 'control' | 'isWindows'> {
  const { id = null, installDirectory: folder = null, start = null, stop = null, address = null } = config ?? {}
  const inFolder =
    folder === null || config === null ? null : pathIn(folder, 'pgsql/data', config.platform === 'windows')
  return { host: id, folder, start, stop, address, dataDirectory: config?.dataDirectory ?? inFolder }
}

async function doesAnswer(connection: HostConnection, signal: AbortSignal): Promise<boolean> {
  try {
    await connection.run(['true'], { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]) })
    return true
  } catch {
    return false
  }
}

/** A path below the installation in the form of its platform; with words in place of an unknown folder. */
export function installationPath(
  { folder, isWindows }: Pick<ProductInstallation, 'folder' | 'isWindows'>,
  path: string,
): string {
  return pathIn(folder ?? '<installation folder>', path, isWindows)
}

function pathIn(folder: string, path: string, isWindows: boolean): string {
  const separator = isWindows ? '\\' : '/'
  return [folder.replace(/[\\/]+$/, ''), ...path.split('/')].join(separator)
}

/** The path of one of the product's scripts. */
export function scriptPath(installation: Pick<ProductInstallation, 'folder' | 'isWindows'>, name: string): string {
  return installationPath(installation, `bin/${name}.${installation.isWindows ? 'bat' : 'sh'}`)
}

export interface InstallationScript {
  readonly path: string
  /** The words before its own arguments: the account switch and the interpreter. */
  readonly command: readonly string[]
}

/**
 * Returns a script that can run there; null if it is missing, or without access. Root runs it as its owner, so that its
 * files stay the product's.
 */
export async function installationScript(
  installation: ProductInstallation,
  name: string,
  tools: ActionToolbox,
): Promise<InstallationScript | null> {
  const connection = tools.host(installation.host)
  if (installation.control === 'manual' || installation.folder === null || !connection) return null
  const path = scriptPath(installation, name)
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const file = await connection.readFile(path, { signal }).catch(() => null)
  if (!file) return null
  const me = await connection.run(['id', '-u'], { signal })
  const isOther = me.stdout.trim() === '0' && file.owner !== 'root'
  const asOwner = isOther ? ['runuser', '-u', file.owner, '--'] : []
  return { path, command: [...asOwner, ...((file.mode & 0o111) === 0 ? ['sh'] : []), path] }
}

/** A command as a person types it on that host. */
export function typedCommand({ isWindows }: Pick<ProductInstallation, 'isWindows'>, words: readonly string[]): string {
  if (!isWindows) return shellCommandLine(words)
  return words.map((word) => (/^[\w.:\\-]+$/.test(word) ? word : `"${word}"`)).join(' ')
}
