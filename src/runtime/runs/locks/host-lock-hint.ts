// The hint of a run on this host and in the state folder, beside the locks on the servers.

import type { PlanningView } from '../../../actions/definition/action.ts'
import { type ClusterClaim, claimCluster, clusterRunOwner, type RunOwner } from '../../../io/runs/run-owner-file.ts'
import {
  findSocketLockHolder,
  isHeldByOther,
  type SocketLock,
  takeSocketLock,
} from '../../../io/runs/run-socket-lock.ts'

export interface HostLockHint {
  /** The run whose file was replaced, as text; null if there was none. */
  readonly tookOver: string | null
  /** Runs of this user that have the cluster as this host knows, as text. */
  readonly others: readonly string[]
  /** Never throws. */
  release(): Promise<void>
}

/**
 * Returns the runs of this user that have the cluster now, as text. Takes nothing. Sockets of other users do not count.
 */
export async function hintedRuns(folder: string, view: PlanningView): Promise<readonly string[]> {
  const holders = await Promise.all(hintNames(view).map(findSocketLockHolder))
  const first = holders.find((each) => each?.isOurs)
  const owner = await clusterRunOwner(folder, view.config.spec.name)
  return [...(first ? [first.by ?? 'an unidentified run'] : []), ...(owner && !first ? [ownerText(owner)] : [])]
}

/**
 * Keeps the hint while the run has the cluster. `overrules`: replaces the file of another run. Throws errors of the
 * state folder.
 */
export async function takeHostHint(
  folder: string,
  view: PlanningView,
  { run, who, overrules }: { readonly run: string; readonly who: string; readonly overrules: boolean },
): Promise<HostLockHint> {
  const taken: SocketLock[] = []
  const others: string[] = []
  const giveBack = () => Promise.allSettled(taken.splice(0).map((lock) => lock.release()))
  for (const name of hintNames(view)) {
    const lock = await takeSocketLock(name, `${who} (pid ${process.pid}): ${run}`)
    if (!isHeldByOther(lock)) taken.push(lock)
    else if (lock.isOurs && others.length === 0) others.push(lock.by ?? 'an unidentified run')
    // Takes all names or none, in a fixed order. Otherwise two simultaneous runs would exclude each other.
    if (others.length > 0 && !overrules) break
  }
  if (others.length > 0 && !overrules) {
    await giveBack()
    return { tookOver: null, others, release: async () => {} }
  }
  try {
    const ownership = await claimCluster(folder, view.config.spec.name, run, overrules)
    if (ownership.kind === 'held') others.push(ownerText(ownership.by))
    return { tookOver: tookOverText(ownership, overrules), others, release: () => released(giveBack, ownership) }
  } catch (error) {
    await giveBack()
    throw error
  }
}

function tookOverText(ownership: ClusterClaim, overrules: boolean): string | null {
  const from = ownership.kind === 'taken' ? ownership.from : null
  if (from === null) return null
  return `took over the lock of run ${from.run}: ${overrules ? 'an operator overruled it' : `its process ${from.pid} has ended`}`
}

async function released(giveBack: () => Promise<unknown>, ownership: ClusterClaim): Promise<void> {
  await giveBack()
  if (ownership.kind === 'taken') await ownership.release().catch(() => {})
}

function ownerText({ run, pid, host }: RunOwner): string {
  return `run ${run} of process ${pid} on ${host}`
}

/**
 * Two configurations may name one cluster differently. Their system identifiers are equal. A pgdeck that can't reach
 * the servers knows only their addresses.
 */
function hintNames({ config, picture }: PlanningView): readonly string[] {
  const systems = picture.databases.flatMap(({ systemIdentifier }) => systemIdentifier ?? [])
  const places = config.databases.map(
    ({ spec, via }) => `${spec.host}:${spec.port}${via === null ? '' : ` over ${via}`}`,
  )
  const names = [...new Set([...systems, ...places])].toSorted()
  return names.length === 0 ? [config.spec.name] : names
}
