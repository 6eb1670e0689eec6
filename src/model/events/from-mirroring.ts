// The exchange between mirrored databases in words: cut, and merged again.

import type { ClusterEvent, Mirroring, Picture } from '../picture/picture.ts'
import { formatAge, formatBytes } from '../values/units.ts'

export function mirroringEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  return next.mirroring.flatMap((exchange) => {
    const old = previous.mirroring.find(({ from, to }) => from === exchange.from && to === exchange.to)
    const words = old ? change(old, exchange, next) : null
    if (!words) return []
    const [severity, text] = words
    return [{ at: next.at, severity, subject: exchange.to, subjectName: view(exchange.to, next)?.name ?? '?', text }]
  })
}

function change(
  old: Mirroring,
  exchange: Mirroring,
  next: Picture,
): readonly [ClusterEvent['severity'], string] | null {
  const from = view(exchange.from, next)
  const name = from?.name ?? exchange.from
  if (old.state === 'flowing' && exchange.state === 'cut') {
    // That one of them is down is told already.
    if (from?.status !== 'active' || view(exchange.to, next)?.status !== 'active') return null
    const why = exchange.reason === null ? '' : `: ${exchange.reason}`
    return ['warning', `takes no changes from ${name} any more${why}: they diverge`]
  }
  if ((old.state !== 'cut' && old.state !== 'merging') || exchange.state !== 'flowing') return null
  const after = old.since === null ? '' : ` after ${formatAge(next.at - old.since)}`
  const what = old.divergedBytes === null ? 'all' : `all ${formatBytes(old.divergedBytes)}`
  return ['ok', `merged${after}: has ${what} that ${name} wrote meanwhile`]
}

function view(id: string, picture: Picture) {
  return picture.databases.find((each) => each.id === id) ?? null
}
