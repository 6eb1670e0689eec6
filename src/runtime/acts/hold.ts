// Holds a cluster for one run: against everybody on this host, and against those who share the state directory.

import type { Sight } from '../../actions/action.ts'
import { isHeld, type RunLock, takeRunLock } from '../../io/run-lock.ts'
import { ownCluster } from '../../io/run-owner.ts'
import { ActError } from '../../model/operation/failure.ts'

export interface Hold {
  /** Whose lock was taken over, in words; null when it was free. */
  readonly tookOver: string | null
  release(): Promise<void>
}

/** Throws ActError naming who runs what while another run has the cluster. */
export async function holdCluster(folder: string, sight: Sight, run: string, who: string): Promise<Hold> {
  const { name } = sight.config.spec
  const lock = await lockAll(lockNames(sight), `${who} (pid ${process.pid}): ${run}`)
  try {
    const ownership = await ownCluster(folder, name, run)
    if (ownership.kind === 'held') {
      const { by, path } = ownership
      throw new ActError(
        `run ${by.run} of process ${by.pid} on ${by.host} has this cluster`,
        `If it is gone, delete ${path}.`,
      )
    }
    const { from } = ownership
    return {
      tookOver: from && `the lock of run ${from.run} was taken over: its process ${from.pid} is gone`,
      async release() {
        await ownership.release()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** All of them or none. Throws ActError where somebody else has one. */
async function lockAll(names: readonly string[], about: string): Promise<RunLock> {
  const taken: RunLock[] = []
  const release = async () => {
    for (const each of taken.splice(0)) await each.release()
  }
  for (const name of names) {
    const lock = await takeRunLock(name, about)
    if (!isHeld(lock)) {
      taken.push(lock)
      continue
    }
    await release()
    throw new ActError(
      `another run has this cluster${lock.by === null ? '' : `: ${lock.by}`}`,
      'Wait until it has ended, or look at it: pgdeck runs.',
    )
  }
  return { release }
}

/**
 * Two configs may call one cluster by two names: the system identifiers tell that it is the same. Whoever can't reach it
 * does not know these, but where its databases are.
 */
function lockNames({ config, picture }: Sight): readonly string[] {
  const systems = picture.databases.flatMap(({ systemIdentifier }) => systemIdentifier ?? [])
  const places = config.databases.map(
    ({ spec, via }) => `${spec.host}:${spec.port}${via === null ? '' : ` over ${via}`}`,
  )
  const names = [...new Set([...systems, ...places])].toSorted()
  return names.length === 0 ? [config.spec.name] : names
}
