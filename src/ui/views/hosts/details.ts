// Details of a host: its last sample, its view of PostgreSQL without a connection to the database, its file systems,
// and how to get the missing figures.

import type { ControlFile, HostFacts, Known, PostmasterState, ServiceState } from '../../../model/measured/host.ts'
import type { FileSystemView, HostView } from '../../../model/picture/picture.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
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
import type { HostRow, HostRowFigures } from './rows.ts'
import {
  clockOffsetText,
  fullInText,
  loadPerCpu,
  missingFiguresText,
  postmasterSpan,
  sharePercentText,
} from './text.ts'

const TREND = 40

/** The facts about a host, in sections; `tenants` are the names of the nodes on it. */
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
      'unknown',
      source.kind === 'sql' ? 'disks, network, processes: set "ssh" of its host in the config' : null,
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
      ...detailField('processor time', shares ?? UNKNOWN_TEXT),
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

/** The section of a host's own view of its server. */
function postgresSection({ service, postmaster, control }: HostFacts, glyphs: Glyphs, now: number): DetailSection {
  return {
    title: 'POSTGRESQL THERE',
    age: 'read without the database',
    fields: [
      ...found('service', service, serviceFacts),
      ...found('postmaster', postmaster, (value) => postmasterFacts(value, glyphs, now)),
      ...found('control file', control, controlFacts),
    ],
  }
}

function found<T>(
  label: string,
  finding: Known<T>,
  facts: (value: T) => readonly DetailField[],
): readonly DetailField[] {
  return finding.state === 'known' ? facts(finding.value) : unknownFields(label, finding)
}

/** Why a figure is unknown, and below it how to get it. */
function unknownFields(
  label: string,
  { why, hint }: Extract<Known<never>, { state: 'unknown' }>,
): readonly DetailField[] {
  return [...detailField(label, `${UNKNOWN_TEXT} ${why}`), ...detailField('', hint, 'dim')]
}

function serviceFacts({ unit, active, sub }: ServiceState): readonly DetailField[] {
  return detailField('service', `${unit} is ${active} (${sub})`, active === 'active' ? 'plain' : 'warning')
}

function postmasterFacts(value: PostmasterState, glyphs: Glyphs, now: number): readonly DetailField[] {
  const { text, style } = postmasterSpan({ state: 'known', value }, glyphs)
  if (value.state === 'stopped') return detailField('postmaster', text, style)
  const pid = value.state === 'crashed' ? `pid ${value.pid} is gone` : `pid ${value.pid}`
  if (value.state === 'crashed') return detailField('postmaster', `${text} (${pid})`, style)
  const { startedAt, status, port } = value
  return [
    ...detailField('postmaster', `${text} (${pid}${port === null ? '' : `, port ${port}`})`, style),
    ...detailField('it says', status),
    ...detailField('started', startedAt === null ? null : `${instant(startedAt)} (${age(startedAt, now)})`),
  ]
}

function controlFacts(control: ControlFile): readonly DetailField[] {
  const position = (lsn: bigint | null) => (lsn === null ? UNKNOWN_TEXT : formatLsn(lsn))
  const recovery = control.minRecoveryLsn
  return [
    ...detailField('control file', control.state),
    ...detailField('system identifier', control.systemIdentifier),
    ...detailField(
      'latest checkpoint',
      `${position(control.checkpointLsn)}, redo ${position(control.redoLsn)}, timeline ${count(control.timeline)}`,
    ),
    ...detailField(
      'recovery ends at',
      recovery === null ? null : `${formatLsn(recovery)}, timeline ${count(control.minRecoveryTimeline)}`,
    ),
  ]
}

/** A section for each file system: of the data directory, the WAL, the logs. */
function spaceSections({ spaces, facts }: HostView, glyphs: Glyphs): readonly DetailSection[] {
  return spaces.map((space) => ({
    title: `FILE SYSTEM OF ${TITLES[space.role]}`,
    age: space.path,
    fields: spaceFacts(space, facts?.fileSystems.find(({ path }) => path === space.path)?.realPath ?? null, glyphs),
  }))
}

const TITLES = { data: 'DATA DIRECTORY', wal: 'WAL', log: 'SERVER LOG' } as const

function spaceFacts(view: FileSystemView, realPath: string | null, glyphs: Glyphs): readonly DetailField[] {
  const { space, fillingBytesPerSecond: rate, freePercent } = view
  if (space.state === 'unknown') return unknownFields('space', space)
  const { device, mount, totalBytes, usedBytes, availableBytes, inodes } = space.value
  const share = freePercent === null ? UNKNOWN_TEXT : `${freePercent.toFixed(1)} %`
  const trend = rate === null ? UNKNOWN_TEXT : `${rate < 0 ? 'empties' : 'fills'} by ${perSecond(Math.abs(rate))}`
  return [
    ...detailField('real path', realPath === view.path ? null : realPath),
    ...detailField('mounted at', mount),
    ...detailField('device', device),
    ...detailField('left', `${bytes(availableBytes)} (${share})`),
    ...detailField('used', `${bytes(usedBytes)} of ${bytes(totalBytes)}`),
    ...detailField(
      'inodes left',
      inodes
        ? `${inodes.free} of ${inodes.total} (${sharePercentText(inodes.free / inodes.total)})`
        : 'without a limit',
    ),
    ...detailField('in the last 10 min', rate === null ? 'too few samples yet' : trend),
    ...detailField(
      'full in',
      rate !== null && rate > 0 ? fullInText(view, `more than 30 d`) : rate === null ? null : glyphs.dash,
    ),
  ]
}
