// View 6: hosts. Load, memory, disks and nodes, also of this host.

import type { Picture } from '../../../model/picture/picture.ts'
import { isStaleReading } from '../../../model/reachability/local-reachability.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, plural } from '../../frame/format/values.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListContext, ListRowStyle } from '../list/list-options.ts'
import { HOST_COLUMNS } from './columns.ts'
import { hostSections } from './details.ts'
import { OBSERVERS_GUIDE, observersPane } from './observers-pane.ts'
import { type HostRow, hostRows, nodesOnHost } from './rows.ts'
import { missingFiguresText } from './text.ts'

export const hostsView = listView({
  id: 'hosts',
  key: '6',
  title: 'hosts',
  needs: ['hostFiles'],
  guide: [
    'LOAD/CPU: load average of one minute per processor. From 1 on, processes wait for a processor.',
    'MEMORY LEFT, DATA LEFT: available to programs, to an unprivileged user. FULL IN: at the rate of the last ten minutes.',
    'CLOCK: offset of the host’s clock from this host.',
    'pgdeck reads hosts every 5 s: over ssh, locally, or through SQL where the role may read server files.',
    ...OBSERVERS_GUIDE,
  ],
  summary: (context) => [ownLine(context), ...problemLines(context)],
  panes: [
    listPane<HostRow>({
      name: 'hosts',
      rowNoun: 'hosts',
      columns: HOST_COLUMNS,
      rows: hostRows,
      search: ({ name, accessText, problem }) => [name, accessText, problem?.message ?? null],
      empty: () => 'no host is watched',
      rowStyle,
      sections: (row, context) => hostSections(row, nodesOnHost(row, context.cluster), context),
      goneText: 'this host is no longer in the config',
    }),
    observersPane,
  ],
})

function rowStyle(row: HostRow, { state, now, screen }: ListContext): ListRowStyle {
  const missing = missingFiguresText(row)
  if (missing) {
    const text = `${missing.why}${missing.what === null ? '' : ` ${screen.glyphs.dot} ${missing.what}`}`
    return { note: { after: ['name', 'reached'], span: span(text, row.problem ? 'warning' : 'dim') } }
  }
  if (row.at === null) return { note: { after: ['name', 'reached'], span: span('not read yet', 'dim') } }
  return { stale: row.problem !== null || (!state.paused && isOld(row, now)) }
}

function isOld({ at, everyMs }: HostRow, now: number): boolean {
  return at !== null && isStaleReading({ state: 'fresh', value: null, at }, everyMs, now)
}

/** It distinguishes "everything is down" from "this host is cut off". */
function ownLine({ state, picture, screen }: ListContext): Line {
  const { glyphs } = screen
  const { host } = state
  const cutOff = picture?.alerts.find(({ rule }) => rule === 'cut-off')
  if (host.state === 'fresh' && host.value.interfaces.length === 0) {
    const text = 'only loopback is up on this host: this host is cut off'
    return [span(` ${glyphs.critical} `, 'critical'), span(text, 'critical')]
  }
  if (cutOff) return [span(` ${glyphs.warning} `, 'warning'), span(cutOff.message, 'warning')]
  const up = host.state === 'fresh' ? `${host.value.interfaces.join(', ')} up, ` : ''
  return [span(`   this host sees ${up}${answering(picture)}`)]
}

function answering(picture: Picture | null): string {
  const targets = [...(picture?.databases ?? []), ...(picture?.servers ?? [])]
  const answer = targets.filter(({ readAt, problem }) => readAt !== null && problem === null)
  return `${answer.length} of ${plural(targets.length, 'target')} answering`
}

/** Hosts whose figures no longer change although they were read before: the reason, once. */
function problemLines({ state, cluster, screen, now }: ListContext): readonly Line[] {
  return hostRows(state, cluster).flatMap(({ name, problem, figures: old, at }): Line[] => {
    if (!problem || !old) return []
    const text = `${name}: its figures are ${age(at, now)} old: ${problem.message}`
    return [[span(` ${screen.glyphs.warning} `, 'warning'), span(text, 'warning')]]
  })
}
