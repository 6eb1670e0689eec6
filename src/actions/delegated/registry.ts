// The managers that can be asked to carry out acts.

import type { ManagerActs } from './definition/manager-acts.ts'
import { patroniActs } from './patroni/patroni-acts.ts'

const MANAGER_ACTS: readonly ManagerActs[] = [patroniActs]

/** Returns the acts of a kind of manager; null: pgdeck can't ask it. */
export function managerActsOf(kind: string): ManagerActs | null {
  return MANAGER_ACTS.find((each) => each.kind === kind) ?? null
}
