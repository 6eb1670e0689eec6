// The load of the hosts, a line for each.

import type { FileSystemView, HostView, Severity } from '../../../../model/picture/picture.ts'
import { cutLine, fitText, type Line, span, type TextSpan, textWidth } from '../../../frame/format/line.ts'
import { bytes, plural, UNKNOWN_TEXT } from '../../../frame/format/values.ts'
import { currentKey } from '../../../keys/names.ts'
import type { OverviewBlock, OverviewInput } from './block.ts'

const MOST = 6
const LONGEST_NAME = 20

/** null without a configured host. */
export function hostsBlock(input: OverviewInput): OverviewBlock | null {
  const { picture, state, glyphs } = input
  const { hosts } = picture
  if (hosts.length === 0) return null
  const severityOf = ({ id }: HostView) => picture.alerts.find(({ subject }) => subject.owner === id)?.severity ?? null
  const troubled = [...hosts].sort((one, other) => weight(severityOf(other)) - weight(severityOf(one)))
  const shown = hosts.length > MOST ? troubled.slice(0, MOST - 1) : hosts
  const nameWidth = Math.min(LONGEST_NAME, Math.max(...shown.map(({ id }) => textWidth(id))))
  const lines = (width: number): readonly Line[] => [
    [span(' HOSTS', 'title')],
    ...shown.map((host) => {
      const name = span(`   ${fitText(host.id, nameWidth, 'left', glyphs.ellipsis)}  `, host.stale ? 'dim' : 'plain')
      return cutLine([name, ...figures(host, severityOf(host))], width, glyphs.ellipsis)
    }),
    ...(shown.length < hosts.length
      ? [[span(`   and ${hosts.length - shown.length} more: ${currentKey(state, '6')} shows them`, 'dim')]]
      : []),
  ]
  return { id: 'hosts', isCalm: !hosts.some(severityOf), lines }
}

function weight(severity: Severity | null): number {
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0
}

function figures(host: HostView, severity: Severity | null): readonly TextSpan[] {
  const { facts, problem, spaces, spec } = host
  if (!facts)
    return [
      span(
        `${UNKNOWN_TEXT} ${problem ? problem.message : spec.access.kind === 'none' ? 'no access' : 'not read yet'}`,
        'dim',
      ),
    ]
  const { load, cpus, rates } = facts
  const part = (label: string, text: string, style: TextSpan['style'] = 'plain') => [
    span(`${label} `, 'dim'),
    span(`${text}   `, style),
  ]
  const busy = rates?.cpu ? `${Math.round(rates.cpu.busy * 100)} %` : UNKNOWN_TEXT
  return [
    ...part('load', fitText(load ? load[0].toFixed(2) : UNKNOWN_TEXT, 5, 'right')),
    ...part('cpu', fitText(busy, 5, 'right')),
    ...part('data free', freeText(spaces), severity ?? 'plain'),
    ...(cpus === null ? [] : [span(plural(cpus, 'processor'), 'dim')]),
  ]
}

function freeText(spaces: readonly FileSystemView[]): string {
  const data = spaces.find(({ role }) => role === 'data')
  if (data?.space.state !== 'known') return UNKNOWN_TEXT
  const { freePercent, space } = data
  return `${bytes(space.value.availableBytes)}${freePercent === null ? '' : ` (${Math.floor(freePercent)} %)`}`
}
