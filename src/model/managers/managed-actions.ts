// Which acts a manager does itself, undoes, or may undo.

/** What changes a role, what a database follows, or its data: done behind a manager's back it is undone, or does harm. */
export const ROLE_ACTS = [
  'promote',
  'switchover',
  'failback',
  'rebuild-replica',
  'follow',
  'decommission',
  'fence',
  'unfence',
  'build-read-only',
  'ha-setup',
] as const

/** What a manager may undo, or keeps in its own configuration. */
export const MILD_ACTS = [
  'create-slot',
  'drop-slot',
  'add-hba-entry',
  'reload',
  'pause-replay',
  'resume-replay',
] as const

/** Others are none of its business. */
export const MANAGED_ACTS = [...ROLE_ACTS, ...MILD_ACTS] as const
export type ManagedAct = (typeof MANAGED_ACTS)[number]

export function isManaged(action: string): action is ManagedAct {
  return (MANAGED_ACTS as readonly string[]).includes(action)
}

/** Whether a manager at most undoes it. */
export function isMild(act: ManagedAct): boolean {
  return (MILD_ACTS as readonly string[]).includes(act)
}
