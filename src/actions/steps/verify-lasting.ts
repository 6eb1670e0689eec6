// Verifies that the effect of a step lasts: a server may answer once more, and end or change its role a moment later.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { isRefusal } from '../../model/values/fault.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'

const STAY_MS = 3_000
const LOOK_MS = 500

type Role = 'primary' | 'standby'

/**
 * Returns `first` if its effect lasts some seconds: at each reading these databases answer in the role that they had
 * first (or in `wanted`), and `broken` finds nothing. Returns `never` if a server has ended or changed its role, and
 * `not-yet` if one reading did not show it, as while a standby switches to another timeline.
 */
export async function verifyLasting(
  first: Verification,
  databases: readonly string[],
  wanted: Role | null,
  tools: ActionToolbox,
  broken: () => string | null = () => null,
): Promise<Verification> {
  if (first.result !== 'yes' || databases.length === 0) return first
  const until = performance.now() + STAY_MS
  const roles = new Map<string, Role>()
  for (;;) {
    const clusterView = await tools.refresh()
    for (const id of databases) {
      const seen = roleNow(first, findDatabase(clusterView, id), id, wanted ?? roles.get(id) ?? null)
      if (typeof seen !== 'string') return seen
      roles.set(id, seen)
    }
    const why = broken()
    if (why !== null) return { result: 'not-yet', why }
    if (performance.now() >= until) return first
    await tools.wait(LOOK_MS)
  }
}

/** The role in which a database answers; how the step stands where it does not, or has changed its role. */
function roleNow(
  first: Extract<Verification, { result: 'yes' }>,
  view: DatabaseView | null,
  id: string,
  expected: Role | null,
): Role | Verification {
  const role = view ? roleWord(view) : null
  if (!view || view.problem || role === null) return silent(first, view, id)
  if (expected !== null && role !== expected) return gone(first, `${view.name} was a ${role}, no longer a ${expected}`)
  return role
}

/** A server that answered a moment ago and now refuses connections or shuts down has ended. */
function silent(first: Extract<Verification, { result: 'yes' }>, view: DatabaseView | null, id: string): Verification {
  const why = `${view?.name ?? id} did not answer: ${view?.problem?.message ?? 'it is no longer watched'}`
  const fault = view?.problem ?? null
  const hasEnded = fault !== null && (isRefusal(fault) || fault.code === 'starting')
  return hasEnded ? gone(first, why) : { result: 'not-yet', why }
}

function gone({ evidence }: Extract<Verification, { result: 'yes' }>, why: string): Verification {
  return { result: 'never', why: `${evidence}; but a moment later ${why}`, hint: 'Check its log on its host.' }
}
