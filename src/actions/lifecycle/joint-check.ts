// Checks of the same kind of several databases as one.

import type { PreflightCheck, PreflightResult } from '../definition/action.ts'

/** A check of one database; its name is put before a message that lacks it. */
export interface NamedCheck {
  readonly name: string
  readonly check: PreflightCheck
}

/** One check for each id: the worst result, with the messages of all that have it. */
export function jointByKind(checks: readonly NamedCheck[]): readonly PreflightCheck[] {
  const ids = [...new Set(checks.map(({ check }) => check.id))]
  return ids.map((id) => joint(checks.filter(({ check }) => check.id === id)))
}

const WORST = ['fail', 'warn', 'pass'] as const

function joint(those: readonly NamedCheck[]): PreflightCheck {
  const [first] = those
  return {
    id: first?.check.id ?? 'restart',
    mayOverride: those.every(({ check }) => check.mayOverride),
    async run(...args): Promise<PreflightResult> {
      const found = await Promise.all(
        those.map(async ({ name, check }) => ({ name, finding: await check.run(...args) })),
      )
      const worst = WORST.find((result) => found.some(({ finding }) => finding?.result === result))
      const shown = found.filter(({ finding }) => finding?.result === worst)
      const hint = shown.find(({ finding }) => finding?.hint)?.finding?.hint ?? null
      if (worst === undefined) return null
      const messages = shown.map(({ name, finding }) => withItsName(name, finding?.message ?? ''))
      return { result: worst, message: [...new Set(messages)].join('; '), hint }
    },
  }
}

function withItsName(name: string, message: string): string {
  return message.includes(name) ? message : `${name}: ${message}`
}
