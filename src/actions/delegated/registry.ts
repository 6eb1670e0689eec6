// The managers that can be asked to carry out acts.

import { cloudNativePgActs } from './cloudnativepg/cloudnativepg-acts.ts'
import type { ManagerActs } from './definition/manager-acts.ts'
import { patroniActs } from './patroni/patroni-acts.ts'
import { pgAutoFailoverActs } from './pg-auto-failover/pg-auto-failover-acts.ts'
import { repmgrActs } from './repmgr/repmgr-acts.ts'

const MANAGER_ACTS: readonly ManagerActs[] = [patroniActs, pgAutoFailoverActs, repmgrActs, cloudNativePgActs]

/** Returns the acts of a kind of manager; null: pgdeck can't ask it. */
export function managerActsOf(kind: string): ManagerActs | null {
  return MANAGER_ACTS.find((each) => each.kind === kind) ?? null
}
