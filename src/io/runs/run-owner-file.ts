// The owner of a run on a cluster, in a file of the state directory: with pid and host, so that the file of a dead
// process can be replaced.

import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isSameProcessAlive, processStartTime } from '../process/process.ts'
import { createLockFile, withFileLock } from '../state/file-lock.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'

export interface RunOwner {
  readonly pid: number
  /** When that process was started, as `processStartTime` returns it; null if unknown. */
  readonly start: string | null
  readonly host: string
  readonly run: string
}

export type ClusterClaim =
  | { readonly kind: 'taken'; readonly from: RunOwner | null; release(): Promise<void> }
  | { readonly kind: 'held'; readonly by: RunOwner; readonly path: string }

/**
 * Returns who runs an action on that cluster, by its file; null if there is none, or if its process of this host is
 * gone.
 */
export async function clusterRunOwner(stateFolder: string, cluster: string): Promise<RunOwner | null> {
  const owner = await ownerIn(pathOf(stateFolder, cluster))
  return owner !== 'gone' && owner && isHeldBy(owner, self('')) ? owner : null
}

function pathOf(stateFolder: string, cluster: string): string {
  const name = createHash('sha256').update(cluster).digest('hex').slice(0, 16)
  return join(stateFolder, `run-${name}.lock`)
}

function self(run: string): RunOwner {
  return { pid: process.pid, start: processStartTime(process.pid), host: hostname(), run }
}

/**
 * Claims a cluster for a run. The claim of a dead process of this host is replaced, and `from` names it. The claim of
 * another host (a state directory on a network file system) stays until its file is deleted, or until `overrules`
 * replaces it.
 */
export async function claimCluster(
  stateFolder: string,
  cluster: string,
  run: string,
  overrules = false,
): Promise<ClusterClaim> {
  requirePrivateFolder(stateFolder)
  const path = pathOf(stateFolder, cluster)
  // One process at a time checks and claims. Otherwise two that find the same dead owner would replace each other's
  // file.
  return withFileLock(`${path}.turn`, () => taken(path, self(run), overrules))
}

async function taken(path: string, owner: RunOwner, overrules: boolean): Promise<ClusterClaim> {
  let from: RunOwner | null = null
  for (let attempt = 0; ; attempt++) {
    if (await createLockFile(path, `${JSON.stringify(owner)}\n`, true))
      return { kind: 'taken', from, release: () => givenUp(path, owner) }
    const holder = await ownerIn(path)
    if (holder === 'gone') continue
    if (holder && !overrules && isHeldBy(holder, owner)) return { kind: 'held', by: holder, path }
    if (attempt > 2) return { kind: 'held', by: holder ?? { pid: 0, start: null, host: '?', run: '?' }, path }
    from = holder
    await rm(path, { force: true })
  }
}

/** A run that overruled this one has its own file there. */
async function givenUp(path: string, { run }: RunOwner): Promise<void> {
  const owner = await ownerIn(path)
  if (owner !== 'gone' && owner?.run === run) await rm(path, { force: true })
}

/** A process id is valid only on its own host, because containers share ids, and only until it is reused. */
function isHeldBy(holder: RunOwner, owner: RunOwner): boolean {
  return holder.host !== owner.host || (holder.pid !== owner.pid && isSameProcessAlive(holder.pid, holder.start))
}

/** null for a file that its creator did not finish. */
async function ownerIn(path: string): Promise<RunOwner | 'gone' | null> {
  try {
    const { pid, start, host, run }: Partial<RunOwner> = JSON.parse(await readFile(path, 'utf8'))
    if (typeof pid !== 'number' || typeof host !== 'string') return null
    return { pid, start: typeof start === 'string' ? start : null, host, run: String(run) }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null
  }
}
