// The leader that Patroni has now: while it runs, nobody is failed over to.

import type { ManagerDetails } from '../../../model/managers/detection/manager-details.ts'

/** Words of Patroni for a member whose PostgreSQL runs. */
export const RUNS_WELL = /^(?:running|streaming|in archive recovery)$/

/** Name of the leader that runs; null: none does. */
export function runningLeader({ members }: ManagerDetails): string | null {
  return members.find(({ isLeader, state }) => isLeader && RUNS_WELL.test(state ?? ''))?.name ?? null
}
