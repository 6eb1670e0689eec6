// The keys that the footer names first: what can be done to the selected row now, the next safe key first.

import { proposalOfAlert } from '../../../model/alerts/act-after.ts'
import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { promotionProposal } from '../../../model/failover/proposal.ts'
import { findNode, shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import { DEFAULT_KEY_ACTIONS } from '../names.ts'
import { actionRow, selectedNodeId } from './selection-target.ts'

/** What the selected row, or the one with open details, is about. */
export type RowSubject =
  | { readonly kind: 'session' }
  /** `next`: the binding of the key that the alert leads to. */
  | { readonly kind: 'alert'; readonly next: string | null; readonly isPromotion: boolean }
  /** A server or database with a problem. `isPromotion`: a promotion is the way out, of it or of the standby proposed. */
  | { readonly kind: 'trouble'; readonly isPromotion: boolean }
  | { readonly kind: 'other' }

const KNOWN = new WeakMap<State, RowSubject>()

/** The subject of the selected row. */
export function rowSubject(state: State): RowSubject {
  // Every binding of a footer asks.
  const known = KNOWN.get(state) ?? subjectNow(state)
  KNOWN.set(state, known)
  return known
}

function subjectNow(state: State): RowSubject {
  const row = actionRow(state)
  const actsOnSession = row?.actionTarget?.input.pid !== undefined || row?.actionTarget?.inputOf !== undefined
  const picture = shownCluster(state)?.picture
  if (row?.alert) {
    const isPromotion = picture != null && proposalOfAlert(row.alert, picture) !== null
    return { kind: 'alert', next: DEFAULT_KEY_ACTIONS[nextStepAfter(row.alert).key] ?? null, isPromotion }
  }
  if (actsOnSession) return { kind: 'session' }
  const id = selectedNodeId(state)
  const node = picture && id !== null ? findNode(picture, id)?.node : null
  if (!picture || id === null || !node) return { kind: 'other' }
  if (!node.problem && picture.alerts.every(({ subject }) => subject.owner !== id)) return { kind: 'other' }
  const { failover } = picture
  const isCandidate = failover.basis === 'last-seen' && failover.candidate === id
  return { kind: 'trouble', isPromotion: isCandidate || promotionProposal(picture, id) !== null }
}

/** Ranks below 0 come first in the footer, and stay there on the narrowest screen. */
const RANKS: Readonly<Record<RowSubject['kind'], readonly string[]>> = {
  trouble: ['diagnose', 'do-start', 'do-promote', 'worst-alert'],
  alert: ['open', 'acknowledge', 'silence-1-h', 'next', 'do-promote', 'do-cancel-query', 'do-terminate-session'],
  session: ['do-cancel-query', 'do-terminate-session', 'mark'],
  other: [],
}

/** The rank of a binding among those of this row; null if it is not one of them. */
export function rowRank(state: State, binding: string): number | null {
  const subject = rowSubject(state)
  if ('isPromotion' in subject && binding === 'do-promote' && !subject.isPromotion) return null
  const isNext = subject.kind === 'alert' && binding === subject.next && binding !== 'open'
  const place = RANKS[subject.kind].indexOf(isNext ? 'next' : binding)
  return place < 0 ? null : place - RANKS[subject.kind].length
}
