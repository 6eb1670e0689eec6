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
  UNKNOWN,
} from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { postgresSection } from './details-postgres.ts'
import { spaceSections } from './details-space.ts'
import type { HostFigures, HostRow } from './rows.ts'
import { clockText, loadPerCpu, missingWords, percent } from './text.ts'

const TREND = 40

/** What is known of a host, in sections; `tenants` are the names of what runs there. */
export function hostSections(row: HostRow, tenants: readonly string[], { now, screen }: Scene): readonly Section[] {
  const { glyphs } = screen
  const read = row.at === null ? 'never read' : `read ${age(row.at, now)} ago`
  const { teller } = row
  const facts = teller.kind === 'host' ? teller.view.facts : null
  return [
    { title: `HOST ${row.name}`, age: read, facts: [...aboutFacts(row, tenants), ...systemFacts(row, facts, now)] },
    ...(row.figures ? [loadSection(row, row.figures, glyphs), rateSection(row.figures)] : []),
    ...(teller.kind === 'host' ? spaceSections(teller.view, glyphs) : []),
    ...(facts ? [postgresSection(facts, glyphs, now)] : []),
  ]
}

function aboutFacts(row: HostRow, tenants: readonly string[]): readonly Fact[] {
  const { teller, problem, reached } = row
  const missing = missingWords(row)
  const spec = teller.kind === 'host' || teller.kind === 'nobody' ? teller.view.spec : null
  return [
    ...fact(
      teller.kind === 'own' ? 'its name' : 'reached',
      teller.kind === 'sql' ? `${reached}, by ${teller.looked.name}` : reached || UNKNOWN,
    ),
    ...fact('address', spec?.address ?? null),
    ...fact('runs there', tenants.length > 0 ? tenants.join(', ') : null),
    ...fact('problem', problem?.message ?? missing?.why ?? null, 'warning'),
    ...fact('what to do', problem ? problem.hint : (missing?.what ?? null)),
    ...fact(
      'not known',
      teller.kind === 'sql' ? 'disks, network, processes: they take "ssh" of its host in the config' : null,
    ),
    ...fact(
      'interfaces up',
      teller.kind === 'own' && teller.pulse ? teller.pulse.interfaces.join(', ') || 'none' : null,
    ),
  ]
}

function systemFacts({ figures }: HostRow, facts: HostFacts | null, now: number): readonly Fact[] {
  const up = figures?.uptimeSeconds ?? null
  const since = up === null ? '' : ` (since ${instant(now - up * 1000)})`
  const clock = facts?.clock
    ? `${clockText(facts.clock)} against this host, ±${milliseconds(facts.clock.uncertaintyMs)}`
    : null
  return [
    ...fact('its own name', facts?.hostname ?? null),
    ...fact('system', facts?.system ?? null),
    ...fact('up', figures ? `${seconds(up)}${since}` : null),
    ...fact('clock', facts ? (clock ?? UNKNOWN) : null),
    ...fact('a sample takes', facts ? milliseconds(facts.roundTripMs) : null),
  ]
}

function loadSection({ teller }: HostRow, figures: HostFigures, glyphs: Glyphs): Section {
  const { load, cpus, cpu, memory, swap } = figures
  const each = loadPerCpu(figures)
  const trend = teller.kind === 'host' ? sparkline(teller.view.loadTrend, TREND, glyphs.levels, cpus ?? 1).trim() : ''
  const shares = cpu
    ? `${percent(cpu.busy)} busy: user ${percent(cpu.user)}, system ${percent(cpu.system)}, stolen ${percent(cpu.steal)}; waiting for disks ${percent(cpu.iowait)}`
    : null
  const used = memory ? memory.totalBytes - memory.availableBytes : null
  return {
    title: 'LOAD AND MEMORY',
    age: '',
    facts: [
      ...fact('load of 1, 5, 15 min', load ? load.map((one) => one.toFixed(2)).join('  ') : UNKNOWN),
      ...fact('processors', `${count(cpus)}${each === null ? '' : ` (load ${each.toFixed(2)} for each)`}`),
      ...fact('recently', trend || null),
      ...fact('time of the processors', shares ?? UNKNOWN),
      ...fact(
        'memory',
        memory
          ? `${bytes(used)} used, ${bytes(memory.availableBytes)} available of ${bytes(memory.totalBytes)}`
          : UNKNOWN,
      ),
      ...fact(
        'swap',
        swap
          ? swap.totalBytes === 0
            ? 'none'
            : `${bytes(swap.usedBytes)} used of ${bytes(swap.totalBytes)}`
          : UNKNOWN,
      ),
    ],
  }
}

function rateSection({ disk, network }: HostFigures): Section {
  const operations = (rate: number) => `${Math.round(rate)}/s`
  return {
    title: 'DISK AND NETWORK',
    age: '',
    facts: [
      ...fact(
        'disks',
        disk
          ? `${perSecond(disk.readBytesPerSecond)} read (${operations(disk.readsPerSecond)}), ${perSecond(disk.writtenBytesPerSecond)} written (${operations(disk.writesPerSecond)}), the busiest ${percent(disk.busy)} of the time`
          : UNKNOWN,
      ),
      ...fact(
        'network',
        network
          ? `${perSecond(network.receivedBytesPerSecond)} in, ${perSecond(network.sentBytesPerSecond)} out`
          : UNKNOWN,
      ),
    ],
  }
}
