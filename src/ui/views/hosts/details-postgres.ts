// What a host tells of PostgreSQL without asking the database: service, postmaster, control file; or why not.

import type { ControlFile, HostFacts, Known, PostmasterState, ServiceState } from '../../../model/measured/host.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { age, count, instant, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { postmasterSpan } from './text.ts'

/** The section of one host's own view of its server. */
export function postgresSection(
  { service, postmaster, control }: HostFacts,
  glyphs: Glyphs,
  now: number,
): DetailSection {
  return {
    title: 'POSTGRESQL THERE',
    age: 'without asking the database',
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

/** Why something is not known, and under it what would make it so. */
export function unknownFields(
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
