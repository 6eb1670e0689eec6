// What to use instead of pgdeck's own acts where a manager is in charge: it would undo them, and the writes would be lost.

import type { Manager } from './in-charge.ts'
import { type Case, INSTEAD, MANAGED_ACTS, type ManagedAct } from './in-charge-instead.ts'
import { MANAGER_TITLES, type ManagerKind } from './manager-signs.ts'
import type { Picture } from './picture.ts'
import { commandLine } from './shell-quote.ts'

export interface ManagerBlock {
  readonly kind: ManagerKind
  /** `fail`: the act must not be done. `warn`: the manager may undo it. */
  readonly result: 'fail' | 'warn'
  /** True where only traces of a manager were seen: a person may know that it is gone. */
  readonly mayOverride: boolean
  /** Who is in charge, by which evidence, and what would come of it. */
  readonly reason: string
  /** The manager's own command, for a shell; a word in capitals stands for what is not known. */
  readonly instead: string
  /** Where to run it, in words. */
  readonly where: string
}

/**
 * Why an act (by its name) must not be done to this cluster, and what to use instead; null when no manager is in charge
 * or it does not mind. `target` is the id of the database that the act is about.
 */
export function managerBlocks(picture: Picture, action: string, target: string | null = null): ManagerBlock | null {
  const { manager } = picture
  if (!manager || !isManaged(action)) return null
  const node = picture.databases.find(({ id }) => id === target) ?? null
  const about: Case = {
    manager,
    act: action,
    member: (target === null ? undefined : manager.names[target]) ?? 'MEMBER',
    hasPrimary: picture.databases.some(({ role, status }) => role === 'primary' && status === 'active'),
    targetHost: node?.host ?? 'the host of the database',
  }
  const found = INSTEAD[manager.kind](about)
  if (!found) return null
  const [command, where] = found
  const mild = action === 'create-slot' || action === 'add-hba-entry'
  return {
    kind: manager.kind,
    result: mild ? 'warn' : 'fail',
    mayOverride: !manager.isLive,
    reason: `${title(manager)} is in charge (${evidenceText(manager)}): ${mild ? 'it may undo this' : consequence(about)}`,
    instead: commandLine(command),
    where,
  }
}

/** For what must know of a manager only that there is one, and how roles change under it. */
export function inChargeOf(picture: Picture): { readonly kind: ManagerKind; readonly instead: string } | null {
  const block = managerBlocks(picture, 'switchover', picture.failover.candidate)
  return block && { kind: block.kind, instead: block.instead }
}

/** The manager with what it manages, e.g. `Patroni (vault)`. */
export function title({ kind, scope }: Manager): string {
  return scope === null ? MANAGER_TITLES[kind] : `${MANAGER_TITLES[kind]} (${scope})`
}

function isManaged(action: string): action is ManagedAct {
  return (MANAGED_ACTS as readonly string[]).includes(action)
}

/** How it is known, in a few words: the first of the evidence is enough to believe it. */
export function evidenceText({ evidence }: Manager): string {
  const [first = '', ...rest] = evidence
  return rest.length === 0 ? first : `${first}, and ${rest.length} more`
}

function consequence({ manager: { kind, paused }, act }: Case): string {
  const isRole = act === 'promote' || act === 'switchover' || act === 'failback'
  if (kind === 'patroni' && paused) return 'it is paused, but takes over again when it is resumed'
  return isRole
    ? 'it would undo a promotion behind its back, and what was written meanwhile would be lost'
    : 'what is done behind its back it undoes, or takes for a failure'
}
