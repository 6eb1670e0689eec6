// The title of the terminal: the worst that is known now, for a tab that nobody looks at.

import type { Health } from '../../model/picture/picture.ts'
import { clean } from '../../model/values/text.ts'
import { mostUrgentAlert } from '../../state/select/cluster.ts'
import type { ClusterState, State } from '../../state/state.ts'
import type { Glyphs } from '../frame/format/glyphs.ts'

const HEALTH_WEIGHT: Readonly<Record<Health, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 }

/** `✖ CRITICAL vault (and 3 more) · pgdeck`; of now, whatever moment is looked at. */
export function terminalTitle({ clusters, now }: State, glyphs: Glyphs): string {
  const [worst] = [...clusters].sort((a, b) => weight(a) - weight(b))
  if (!worst) return 'pgdeck'
  const { picture, spec } = worst
  const health = picture?.health ?? 'unknown'
  const word = picture === null ? 'waiting' : health === 'ok' ? '' : health.toUpperCase()
  const more = clusters.length > 1 ? `(and ${clusters.length - 1} more)` : ''
  const alert = health === 'ok' ? null : mostUrgentAlert(worst, now)?.alert
  const parts = [glyphs[health], word, clean(spec.name), more, alert ? `${glyphs.dash} ${alert.rule}` : '']
  const text = `${parts.filter((part) => part !== '').join(' ')} ${glyphs.dot} pgdeck`
  return glyphs.ascii ? text.replace(/[^\x20-\x7e]/gu, '?') : text
}

function weight({ picture }: ClusterState): number {
  return HEALTH_WEIGHT[picture?.health ?? 'unknown']
}
