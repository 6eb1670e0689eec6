// Who runs an act on a cluster, in a file of the state directory: with pid and host, so that a dead one's can be taken over.

import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isSameProcessAlive, processStartTime } from '../process/process.ts'
import { createLockFile, withFileLock } from '../state/file-lock.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'

export interface RunOwner {
  readonly pid: number
  /** When that process was started, as `processStartTime` tells; null where it is not known. */
  readonly start: string | null
  readonly host: string
  readonly run: string
}

export type ClusterClaim =
  | { readonly kind: 'taken'; readonly from: RunOwner | null; release(): Promise<void> }
  | { readonly kind: 'held'; readonly by: RunOwner; readonly path: string }

/** Who runs an act on that cluster, by its file; null where nobody does, or its process of this host is gone. */
export async function clusterRunOwner(stateFolder: string, cluster: string): Promise<RunOwner | null> {
  const found = await ownerIn(pathOf(stateFolder, cluster))
  return found !== 'gone' && found && isHeldBy(found, self('')) ? found : null
}

function pathOf(stateFolder: string, cluster: string): string {
  const name = createHash('sha256').update(cluster).digest('hex').slice(0, 16)
  return join(stateFolder, `run-${name}.lock`)
}

function self(run: string): RunOwner {
  return { pid: process.pid, start: processStartTime(process.pid), host: hostname(), run }
}

/**
 * Takes a cluster's lock for a run. One of a process of this host that is gone is taken over, and `from` says whose it
 * was. One of another host (a state directory on a network file system) is held until somebody deletes the file, or
 * `overrules` it.
 */
export async function claimCluster(
  stateFolder: string,
  cluster: string,
  run: string,
  overrules = false,
): Promise<ClusterClaim> {
  requirePrivateFolder(stateFolder)
  const path = pathOf(stateFolder, cluster)
  // One at a time looks and takes: two that find the same dead owner would else take it away from each other.
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

/** Whoever overruled this run has a file of his own there. */
async function givenUp(path: string, { run }: RunOwner): Promise<void> {
  const found = await ownerIn(path)
  if (found !== 'gone' && found?.run === run) await rm(path, { force: true })
}

/** A process id says something on its own host only: in containers many are the same. And only until it is given again. */
function isHeldBy(holder: RunOwner, owner: RunOwner): boolean {
  return holder.host !== owner.host || (holder.pid !== owner.pid && isSameProcessAlive(holder.pid, holder.start))
}

/** null for a file that its maker did not live to fill. */
async function ownerIn(path: string): Promise<RunOwner | 'gone' | null> {
  try {
    const { pid, start, host, run }: Partial<RunOwner> = JSON.parse(await readFile(path, 'utf8'))
    if (typeof pid !== 'number' || typeof host !== 'string') return null
    return { pid, start: typeof start === 'string' ? start : null, host, run: String(run) }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null
  }
}
