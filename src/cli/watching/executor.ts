// The executor of one cluster of a session, with what it needs of this process: who acts, where state is kept. Loaded only
// where somebody acts.

import type { ClusterConfig } from '../../config/config.ts'
import { currentUser } from '../../io/process/current-user.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import type { Poller } from '../../runtime/polling/poller.ts'
import { createExecutor, type Executor, type ExecutorOptions } from '../../runtime/runs/executor.ts'
import { type ClusterAccessOptions, clusterAccess } from '../../runtime/runs/tools/cluster-access.ts'
import type { Store } from '../../state/store.ts'

/** What whoever acts is told and asked. */
export type ExecutorListeners = Pick<ExecutorOptions, 'onRunChanged' | 'decide' | 'isInteractive'>

export interface OpenExecutorOptions extends ExecutorListeners {
  readonly store: Store
  readonly poller: Poller
  /** The cluster as it is known now. */
  readonly config: () => ClusterConfig | undefined
  readonly rename: ClusterAccessOptions['rename']
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--read-only` was given. */
  readonly readOnly: boolean
}

/** `others` stand in for what is usual: tests count lines of the journal so. */
export function openExecutor(options: OpenExecutorOptions, others: Partial<ExecutorOptions> = {}): Executor {
  const { store, poller, rename, env, readOnly, onRunChanged, decide, isInteractive } = options
  const config = () => {
    const known = options.config()
    if (!known) throw new Error('the cluster is watched no longer')
    return known
  }
  return createExecutor({
    clusterAccess: clusterAccess({ store, poller, config, rename }),
    folder: stateFolder(env),
    principal: currentUser(env),
    env,
    readOnly: whyReadOnly(readOnly, config()),
    onRunChanged: onRunChanged,
    decide,
    isInteractive: isInteractive,
    noted: (entries) => store.dispatch({ type: 'audit-written', entries }),
    ...others,
  })
}

function whyReadOnly(flag: boolean, { spec }: ClusterConfig): string | null {
  if (flag) return 'read-only: pgdeck was started with --read-only'
  return spec.readOnly ? `read-only: the config has "readOnly" for the cluster ${spec.name}` : null
}
