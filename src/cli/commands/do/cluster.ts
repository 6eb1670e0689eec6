// Which cluster an act is about: the only one, the one that is named, the one that has the target, that of the run.

import type { Config } from '../../../config/config.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { loadRun } from '../../../runtime/runs/log/run-store.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { DoTask } from './declare.ts'

/** The name of the cluster. Throws UsageError where it can't be told. */
export async function chooseCluster(config: Config, given: string | undefined, task: DoTask): Promise<string> {
  const names = config.clusters.map(({ spec }) => spec.name)
  if (given !== undefined) {
    if (names.includes(given)) return given
    throw new UsageError(`--cluster ${given}: there is no such cluster; the config has ${names.join(', ')}`)
  }
  const [only] = names
  if (only !== undefined && names.length === 1) return only
  const found = task.kind === 'act' ? having(config, task.target) : await ofRun(task.run)
  const [first] = found
  if (first !== undefined && found.length === 1 && names.includes(first)) return first
  throw new UsageError(`do: give --cluster; the config has ${names.join(', ')}`)
}

function having({ clusters }: Config, target: string | null): readonly string[] {
  return clusters
    .filter(({ databases, servers }) => [...databases, ...servers].some(({ spec }) => spec.id === target))
    .map(({ spec }) => spec.name)
}

async function ofRun(id: string): Promise<readonly string[]> {
  const run = await loadRun(stateFolder(process.env), id)
  return run ? [run.plan.cluster] : []
}
