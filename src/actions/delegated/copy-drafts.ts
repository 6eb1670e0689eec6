// Plans of a new copy, and of the return of an old primary, that a manager carries out: it keeps nothing aside.

import { isWritable } from '../../model/picture/roles.ts'
import type { Draft } from '../definition/action.ts'
import { stopImpact } from '../definition/stop-impact.ts'
import { planRebuild } from '../rebuild-replica/draft.ts'
import { copyChecks, removalOf, returnOf } from './copy-checks.ts'
import { oneRequest, startedAt, targetView } from './database-drafts.ts'
import type { Delegation, NotDelegated } from './delegated-draft.ts'
import { type Effect, NO_EFFECT } from './effects.ts'

export async function delegatedRebuild(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { clusterView, request, tools } = delegation
  const why = whyNotFollowed(delegation)
  if (why !== null) return { why }
  const rebuild = await planRebuild(clusterView, view.id, request, false, tools)
  const { upstream } = rebuild
  const effect: Effect = {
    ...NO_EFFECT,
    kind: 'copied',
    before: await startedAt(delegation, view),
    upstream: upstream.id,
  }
  const removal = removalOf(delegation, view)
  const statement = `The data of ${view.name} is removed first, and nothing of it is kept aside; then ${upstream.name} is copied. It is down until then. ${removal.words}`
  return oneRequest(
    delegation,
    {
      wanted: { act: 'rebuild', view, upstream, isNamed: request.input.upstream !== undefined },
      view,
      effect,
      ifStopped: `${view.name} may be stopped, with what runs it there, and has no data until the copy is complete. Resume the run, or start it on its host.`,
    },
    {
      danger: removal.danger,
      impact: { ...stopImpact(view, clusterView.picture, statement), ...removal.loss },
      checks: copyChecks(rebuild, removal),
    },
  )
}

/** An old primary comes back as a standby. */
export async function delegatedReturn(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { picture } = delegation.clusterView
  const upstream = picture.databases.find((each) => each.id !== view.id && isWritable(each))
  if (!upstream) return { why: 'no database is writable that it could follow' }
  const why = whyNotFollowed(delegation)
  if (why !== null) return { why }
  const { danger, loss, words, checks } = await returnOf(delegation, view, upstream)
  const statement = `${view.name} becomes a standby of ${upstream.name}. ${words}`
  return oneRequest(
    delegation,
    {
      wanted: { act: 'rejoin', view, upstream },
      view,
      effect: { ...NO_EFFECT, kind: 'streams', upstream: upstream.id },
      ifStopped: `${view.name} is down, or on its way back.`,
    },
    { danger, impact: { ...stopImpact(view, picture, statement), ...loss }, checks },
  )
}

/** Inputs that no manager follows. */
function whyNotFollowed({ acts, request: { input } }: Delegation): string | null {
  if (input['keep-old'] === 'true') return 'it keeps no old data aside: leave out keep-old=true'
  if (input.slot !== undefined) return 'it names the slot itself: leave out slot=…'
  if (input.tablespaces !== undefined) return 'it places tablespaces by its own configuration: leave out tablespaces=…'
  if (input.by === undefined || (acts.kind === 'repmgr' && input.by === 'rewind')) return null
  return acts.kind === 'repmgr'
    ? 'it rewinds an old primary: leave out by=…, or use rebuild-replica'
    : 'it chooses itself between a rewind and a copy: leave out by=…'
}
