// The load of the hosts, a line for each.

import type { Alert, FileSystemView, HostView, Picture, Severity } from '../../../../model/picture/picture.ts'
import { cutLine, fitText, type Line, lineWidth, span, type TextSpan, textWidth } from '../../../frame/format/line.ts'
import { bytes, plural, UNKNOWN_TEXT } from '../../../frame/format/values.ts'
import { currentKey } from '../../../keys/names.ts'
import type { OverviewBlock, OverviewInput } from './block.ts'

const MOST = 6
const LONGEST_NAME = 20

/** Hosts of the configuration that are one machine: a name, and the figures of it. */
interface Machine {
  readonly name: string
  readonly hosts: readonly [HostView, ...HostView[]]
  readonly severity: Severity | null
}

/** null without a configured host. */
export function hostsBlock(input: OverviewInput): OverviewBlock | null {
  const { picture, state, glyphs } = input
  if (picture.hosts.length === 0) return null
  const machines = machinesOf(picture)
  const troubled = [...machines].sort((one, other) => weight(other.severity) - weight(one.severity))
  const shown = machines.length > MOST ? troubled.slice(0, MOST - 1) : machines
  const nameWidth = Math.min(LONGEST_NAME, Math.max(...shown.map(({ name }) => textWidth(name))))
  const lines = (width: number): readonly Line[] => [
    [span(' HOSTS', 'title')],
    ...shown.map(({ name, hosts, severity }) => {
      const host = freshest(hosts)
      const label = `   ${fitText(name, nameWidth, 'left', glyphs.ellipsis)}  `
      const start = [span(label, host.stale ? 'dim' : 'plain'), ...figures(host, leastFree(hosts), severity)]
      return cutLine(withProcessors(start, host, width), width, glyphs.ellipsis)
    }),
    ...(shown.length < machines.length
      ? [[span(`   and ${machines.length - shown.length} more: ${currentKey(state, '6')} shows them`, 'dim')]]
      : []),
  ]
  return { id: 'hosts', isCalm: !machines.some(({ severity }) => severity), lines }
}

/** Several databases of one machine may each have an entry of their own: their load is the same one. */
function machinesOf({ hosts, alerts }: Picture): readonly Machine[] {
  const groups = Map.groupBy(hosts, ({ id, spec: { access } }) =>
    access.kind === 'ssh' ? `ssh ${access.destination}` : access.kind === 'local' ? 'local' : `none ${id}`,
  )
  return [...groups.values()].flatMap(([first, ...others]): Machine[] => {
    if (!first) return []
    const { access } = first.spec
    const common = access.kind === 'ssh' ? access.destination : 'this host'
    const all: Machine['hosts'] = [first, ...others]
    const severities = all.flatMap(({ id }) => alerts.find(isAboutDisk(id))?.severity ?? [])
    const worst = severities.sort((one, other) => weight(other) - weight(one))[0] ?? null
    return [{ name: others.length === 0 ? first.id : common, hosts: all, severity: worst }]
  })
}

/** A host may be named as its database is: an alert about the database says nothing of the disk. */
function isAboutDisk(host: string): (alert: Alert) => boolean {
  return ({ rule, subject }) => rule === 'disk' && subject.owner === host
}

function freshest([first, ...others]: Machine['hosts']): HostView {
  return others.reduce((best, one) => ((one.readAt ?? 0) > (best.readAt ?? 0) ? one : best), first)
}

/** The data directory with the least space: each may be on a file system of its own. */
function leastFree(hosts: Machine['hosts']): readonly FileSystemView[] {
  const share = ({ spaces }: HostView) => dataSpace(spaces)?.freePercent ?? Number.POSITIVE_INFINITY
  return hosts.reduce((least, one) => (share(one) < share(least) ? one : least), hosts[0]).spaces
}

/** The number of processors, where it has room. */
function withProcessors(start: readonly TextSpan[], { facts }: HostView, width: number): Line {
  const text = facts?.cpus == null ? '' : plural(facts.cpus, 'processor')
  return lineWidth(start) + textWidth(text) > width ? start : [...start, span(text, 'dim')]
}

function weight(severity: Severity | null): number {
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0
}

function figures(host: HostView, spaces: readonly FileSystemView[], severity: Severity | null): readonly TextSpan[] {
  const { facts, problem, spec } = host
  if (!facts)
    return [
      span(
        `${UNKNOWN_TEXT} ${problem ? problem.message : spec.access.kind === 'none' ? 'no access' : 'not read yet'}`,
        'dim',
      ),
    ]
  const { load, rates } = facts
  const part = (label: string, text: string, style: TextSpan['style'] = 'plain') => [
    span(`${label} `, 'dim'),
    span(`${text}   `, style),
  ]
  const busy = rates?.cpu ? `${Math.round(rates.cpu.busy * 100)} %` : UNKNOWN_TEXT
  return [
    ...part('load', fitText(load ? load[0].toFixed(2) : UNKNOWN_TEXT, 5, 'right')),
    ...part('cpu', fitText(busy, 5, 'right')),
    ...part('data free', freeText(spaces), severity ?? 'plain'),
  ]
}

function freeText(spaces: readonly FileSystemView[]): string {
  const data = dataSpace(spaces)
  if (data?.space.state !== 'known') return UNKNOWN_TEXT
  const { freePercent, space } = data
  return `${bytes(space.value.availableBytes)}${freePercent === null ? '' : ` (${Math.floor(freePercent)} %)`}`
}

function dataSpace(spaces: readonly FileSystemView[]): FileSystemView | undefined {
  return spaces.find(({ role }) => role === 'data')
}
