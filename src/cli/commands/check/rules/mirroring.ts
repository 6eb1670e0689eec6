// Whether mirrored databases exchange their writes, and what each wrote alone.

import { exchangeAmount } from '../../../../model/picture/exchange-amount.ts'
import type { Mirroring } from '../../../../model/picture/picture.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateFigure, type PluginFinding, worstStatus } from '../evaluation/result.ts'
import { LAG_BYTES_LIMIT } from './lag.ts'

function judge(subject: CheckSubject): readonly PluginFinding[] {
  const { picture, node } = subject
  return picture.mirroring
    .filter(({ from, to }) => node === null || from === node || to === node)
    .map((exchange) => judgeOne(exchange, subject))
}

function judgeOne(exchange: Mirroring, { picture, ranges, title }: CheckSubject): PluginFinding {
  const { from, to, state, reason, behindBytes } = exchange
  const name = `${title(from)} to ${title(to)}`
  const why = reason === null ? '' : ` (${reason})`
  const source = picture.databases.find(({ id }) => id === from)
  if (state === 'unknown' || source?.problem || source?.readAt == null) {
    return { status: state === 'cut' ? 'warning' : 'unknown', text: `${name} ${state}${why}` }
  }
  // A query that counts changes only has no bytes to compare with a limit.
  const isMeasured = exchange.readBy === 'wal' || behindBytes !== null
  const evaluated =
    isMeasured && ranges ? evaluateFigure({ name, value: behindBytes, unit: 'bytes', min: 0 }, ranges) : null
  const measures = evaluated?.performance ?? []
  if (state === 'flowing')
    return { status: evaluated?.status ?? 'ok', text: flowingText(name, evaluated), performance: measures }
  const verdict = worstStatus(['warning', evaluated?.status ?? 'warning'])
  return { status: verdict, text: `${name} ${state}${why}: ${apartText(exchange)}`, performance: measures }
}

function flowingText(name: string, evaluated: PluginFinding | null): string {
  return evaluated && evaluated.status !== 'ok' ? `${evaluated.text} behind` : `${name} flowing`
}

/** `1.2 MB written apart, 300 kB not merged`. */
function apartText({ divergedBytes, divergedChanges, behindBytes, behindChanges }: Mirroring): string {
  const amount = (changes: number | null, bytes: number | null) => exchangeAmount(changes, bytes) ?? 'an unknown amount'
  return `${amount(divergedChanges, divergedBytes)} written apart, ${amount(behindChanges, behindBytes)} not merged`
}

export const mirroringCheck: CheckRule = {
  title: 'exchange',
  explains:
    'The model `mirrored`: a warning for each direction that is cut or still merges diverged changes. The limits ' +
    'apply to the WAL that the other side has not taken yet; with `exchange.sql` to its `bytes`, if it gives them.',
  subjectKind: 'databases',
  limit: LAG_BYTES_LIMIT,
  expectation: null,
  evaluate: judge,
  emptyText: 'no databases mirror each other here',
}
