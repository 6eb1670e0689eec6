// What fills or expires unseen: slots, backups, certificates.

import type { AlertRule } from '../../../../model/picture/alert.ts'
import type { DatabaseView, Picture, ServerView, SlotView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import { slotForecast } from '../../../../model/storage/storage-forecast.ts'
import { displayNameOf } from '../../../../state/select/cluster.ts'
import { backupSummary } from '../../../frame/format/backup.ts'
import { span, type TextSpan } from '../../../frame/format/line.ts'
import { bytes, plural, seconds } from '../../../frame/format/values.ts'
import { hostOf, labelled, type OverviewBlock, type OverviewInput, unreadSpan } from './block.ts'

/** The slot that keeps most, those without a consumer first. */
export function slotsBlock(input: OverviewInput): OverviewBlock {
  const { picture, glyphs } = input
  const unused = picture.slots.filter((slot) => isUnused(picture, slot)).sort(byKept)
  const lines = (width: number) => [labelled('SLOTS', slotSpans(input, unused), width, glyphs)]
  return { id: 'slots', isCalm: unused.length === 0, lines }
}

/** As the alert has it: slots that nobody uses on a standby are copies, or wait for its promotion, unless one keeps too much. */
function isUnused({ databases, alerts }: Picture, { databaseId, name, active, temporary }: SlotView): boolean {
  if (active || temporary) return false
  const view = databases.find(({ id }) => id === databaseId)
  const isTold = alerts.some(({ subject }) => subject.owner === databaseId && subject.part === name)
  return isTold || view === undefined || !isReplica(view)
}

const byKept = (one: SlotView, other: SlotView) => (other.retainedBytes ?? 0) - (one.retainedBytes ?? 0)

function slotSpans({ picture }: OverviewInput, unused: readonly SlotView[]): readonly TextSpan[] {
  const { slots } = picture
  if (slots.length === 0) return [span('none', 'dim')]
  const [first] = unused
  if (!first) {
    const most = [...slots].sort(byKept)[0]
    return [
      span(
        `${slots.filter(({ active }) => active).length} in use, at most ${bytes(most?.retainedBytes ?? null)} kept`,
        'dim',
      ),
      unreadSpan(picture),
    ]
  }
  const view = picture.databases.find(({ id }) => id === first.databaseId)
  const spaces = view ? (hostOf(picture, view)?.spaces ?? []) : []
  const space = spaces.find(({ role }) => role === 'wal') ?? spaces.find(({ role }) => role === 'data')
  const freeBytes = space?.space.state === 'known' ? space.space.value.availableBytes : null
  const forecast = slotForecast(first, { walBytesPerSecond: view?.throughput.walBytes ?? null, freeBytes })
  const soon =
    'seconds' in forecast
      ? `, ${forecast.kind === 'disk' ? 'the disk is full' : 'lost'} in ${seconds(forecast.seconds)}`
      : ''
  const more = unused.length > 1 ? `   and ${unused.length - 1} more without a consumer` : ''
  const alert = picture.alerts.find(({ subject }) => subject.owner === first.databaseId && subject.part === first.name)
  const where = displayNameOf(picture, first.databaseId)
  return [
    span(
      `${first.name} on ${where}: no consumer, keeps ${bytes(first.retainedBytes)}${soon}`,
      alert?.severity ?? 'plain',
    ),
    span(more, 'dim'),
  ]
}

const BACKUP_RULES: ReadonlySet<AlertRule> = new Set<AlertRule>(['backup-age', 'backup-window'])

/** The age of the newest backup of each database that has a source. */
export function backupBlock(input: OverviewInput): OverviewBlock {
  const { picture, state, glyphs } = input
  const sourced = picture.databases.filter(({ backup }) => backup !== null)
  const parts = sourced.map(({ id, name, backup }): TextSpan => {
    const alert = picture.alerts.find(({ rule, subject }) => BACKUP_RULES.has(rule) && subject.owner === id)
    return span(`${name} ${backupSummary(backup, state.now)}`, alert?.severity ?? 'plain')
  })
  const none = [span(`${glyphs.unknown} no "backup" in the configuration`, 'dim')]
  const lines = (width: number) => [labelled('BACKUP', parts.length > 0 ? spaced(parts) : none, width, glyphs)]
  return { id: 'backup', isCalm: !picture.alerts.some(({ rule }) => BACKUP_RULES.has(rule)), lines }
}

/** Days that certificates of servers and databases are still valid, the fewest first; null without a certificate. */
export function certificatesBlock(input: OverviewInput): OverviewBlock | null {
  const { picture, glyphs } = input
  const dated: readonly (ServerView | DatabaseView)[] = [...picture.servers, ...picture.databases].filter(
    ({ tls }) => tls,
  )
  if (dated.length === 0) return null
  const days = ({ tls }: ServerView | DatabaseView) => tls?.daysLeft ?? 0
  const alertOf = ({ id }: Pick<DatabaseView, 'id'>) =>
    picture.alerts.find(({ rule, subject }) => rule.startsWith('certificate') && subject.owner === id)
  const parts = [...dated]
    .sort((one, other) => days(one) - days(other))
    .map((server) => {
      const left = days(server)
      const text = left < 0 ? 'expired' : plural(left, 'day')
      return span(`${server.name} ${text}`, alertOf(server)?.severity ?? 'plain')
    })
  const lines = (width: number) => [labelled('CERTS', spaced(parts), width, glyphs)]
  return { id: 'certificates', isCalm: !dated.some(alertOf), lines }
}

function spaced(parts: readonly TextSpan[]): readonly TextSpan[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span('   '), part]))
}
