// Details of a host: everything its last sample holds, and what would give what it lacks.

import type { HostFacts } from '../../../model/measured/host.ts'

import type { Glyphs } from '../../frame/format/glyphs.ts'
import {
  age,
  bytes,
  count,
  instant,
  milliseconds,
  perSecond,
  seconds,
  sparkline,
  UNKNOWN_TEXT,
} from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { postgresSection } from './details-postgres.ts'
import { spaceSections } from './details-space.ts'
import type { HostRow, HostRowFigures } from './rows.ts'
import { clockOffsetText, loadPerCpu, missingFiguresText, sharePercentText } from './text.ts'

const TREND = 40

/** What is known of a host, in sections; `tenants` are the names of what runs there. */
export function hostSections(
  row: HostRow,
  tenants: readonly string[],
  { now, screen }: ListContext,
): readonly DetailSection[] {
  const { glyphs } = screen
  const read = row.at === null ? 'never read' : `read ${age(row.at, now)} ago`
  const { source } = row
  const facts = source.kind === 'host' ? source.view.facts : null
  return [
    { title: `HOST ${row.name}`, age: read, fields: [...aboutFacts(row, tenants), ...systemFacts(row, facts, now)] },
    ...(row.figures ? [loadSection(row, row.figures, glyphs), rateSection(row.figures)] : []),
    ...(source.kind === 'host' ? spaceSections(source.view, glyphs) : []),
    ...(facts ? [postgresSection(facts, glyphs, now)] : []),
  ]
}

function aboutFacts(row: HostRow, tenants: readonly string[]): readonly DetailField[] {
  const { source, problem, accessText } = row
  const missing = missingFiguresText(row)
  const spec = source.kind === 'host' || source.kind === 'nobody' ? source.view.spec : null
  return [
    ...detailField(
      source.kind === 'own' ? 'its name' : 'reached',
      source.kind === 'sql' ? `${accessText}, by ${source.queryResult.name}` : accessText || UNKNOWN_TEXT,
    ),
    ...detailField('address', spec?.address ?? null),
    ...detailField('runs there', tenants.length > 0 ? tenants.join(', ') : null),
    ...detailField('problem', problem?.message ?? missing?.why ?? null, 'warning'),
    ...detailField('what to do', problem ? problem.hint : (missing?.what ?? null)),
    ...detailField(
      'not known',
      source.kind === 'sql' ? 'disks, network, processes: they take "ssh" of its host in the config' : null,
    ),
    ...detailField(
      'interfaces up',
      source.kind === 'own' && source.pulse ? source.pulse.interfaces.join(', ') || 'none' : null,
    ),
  ]
}

function systemFacts({ figures }: HostRow, facts: HostFacts | null, now: number): readonly DetailField[] {
  const up = figures?.uptimeSeconds ?? null
  const since = up === null ? '' : ` (since ${instant(now - up * 1000)})`
  const clock = facts?.clock
    ? `${clockOffsetText(facts.clock)} against this host, ±${milliseconds(facts.clock.uncertaintyMs)}`
    : null
  return [
    ...detailField('its own name', facts?.hostname ?? null),
    ...detailField('system', facts?.system ?? null),
    ...detailField('up', figures ? `${seconds(up)}${since}` : null),
    ...detailField('clock', facts ? (clock ?? UNKNOWN_TEXT) : null),
    ...detailField('a sample takes', facts ? milliseconds(facts.roundTripMs) : null),
  ]
}

function loadSection({ source }: HostRow, figures: HostRowFigures, glyphs: Glyphs): DetailSection {
  const { load, cpus, cpu, memory, swap } = figures
  const each = loadPerCpu(figures)
  const trend = source.kind === 'host' ? sparkline(source.view.loadTrend, TREND, glyphs.levels, cpus ?? 1).trim() : ''
  const shares = cpu
    ? `${sharePercentText(cpu.busy)} busy: user ${sharePercentText(cpu.user)}, system ${sharePercentText(cpu.system)}, stolen ${sharePercentText(cpu.steal)}; waiting for disks ${sharePercentText(cpu.iowait)}`
    : null
  const used = memory ? memory.totalBytes - memory.availableBytes : null
  return {
    title: 'LOAD AND MEMORY',
    age: '',
    fields: [
      ...detailField('load of 1, 5, 15 min', load ? load.map((one) => one.toFixed(2)).join('  ') : UNKNOWN_TEXT),
      ...detailField('processors', `${count(cpus)}${each === null ? '' : ` (load ${each.toFixed(2)} for each)`}`),
      ...detailField('recently', trend || null),
      ...detailField('time of the processors', shares ?? UNKNOWN_TEXT),
      ...detailField(
        'memory',
        memory
          ? `${bytes(used)} used, ${bytes(memory.availableBytes)} available of ${bytes(memory.totalBytes)}`
          : UNKNOWN_TEXT,
      ),
      ...detailField(
        'swap',
        swap
          ? swap.totalBytes === 0
            ? 'none'
            : `${bytes(swap.usedBytes)} used of ${bytes(swap.totalBytes)}`
          : UNKNOWN_TEXT,
      ),
    ],
  }
}

function rateSection({ disk, network }: HostRowFigures): DetailSection {
  const operations = (rate: number) => `${Math.round(rate)}/s`
  return {
    title: 'DISK AND NETWORK',
    age: '',
    fields: [
      ...detailField(
        'disks',
        disk
          ? `${perSecond(disk.readBytesPerSecond)} read (${operations(disk.readsPerSecond)}), ${perSecond(disk.writtenBytesPerSecond)} written (${operations(disk.writesPerSecond)}), the busiest ${sharePercentText(disk.busy)} of the time`
          : UNKNOWN_TEXT,
      ),
      ...detailField(
        'network',
        network
          ? `${perSecond(network.receivedBytesPerSecond)} in, ${perSecond(network.sentBytesPerSecond)} out`
          : UNKNOWN_TEXT,
      ),
    ],
  }
}
