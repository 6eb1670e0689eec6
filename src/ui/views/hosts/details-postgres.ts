// What a host tells of PostgreSQL without asking the database: service, postmaster, control file; or why not.

import type { ControlFile, HostFacts, Known, PostmasterState, ServiceState } from '../../../model/measured/host.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { age, count, instant, UNKNOWN } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import { postmasterSpan } from './text.ts'

/** The section of one host's own view of its server. */
export function postgresSection({ service, postmaster, control }: HostFacts, glyphs: Glyphs, now: number): Section {
  return {
    title: 'POSTGRESQL THERE',
    age: 'without asking the database',
    facts: [
      ...found('service', service, serviceFacts),
      ...found('postmaster', postmaster, (value) => postmasterFacts(value, glyphs, now)),
      ...found('control file', control, controlFacts),
    ],
  }
}

function found<T>(label: string, finding: Known<T>, facts: (value: T) => readonly Fact[]): readonly Fact[] {
  return finding.state === 'known' ? facts(finding.value) : unknownFacts(label, finding)
}

/** Why something is not known, and under it what would make it so. */
export function unknownFacts(
  label: string,
  { why, hint }: Extract<Known<never>, { state: 'unknown' }>,
): readonly Fact[] {
  return [...fact(label, `${UNKNOWN} ${why}`), ...fact('', hint, 'dim')]
}

function serviceFacts({ unit, active, sub }: ServiceState): readonly Fact[] {
  return fact('service', `${unit} is ${active} (${sub})`, active === 'active' ? 'plain' : 'warning')
}

function postmasterFacts(value: PostmasterState, glyphs: Glyphs, now: number): readonly Fact[] {
  const { text, style } = postmasterSpan({ state: 'known', value }, glyphs)
  if (value.state === 'stopped') return fact('postmaster', text, style)
  const pid = value.state === 'crashed' ? `pid ${value.pid} is gone` : `pid ${value.pid}`
  if (value.state === 'crashed') return fact('postmaster', `${text} (${pid})`, style)
  const { startedAt, status, port } = value
  return [
    ...fact('postmaster', `${text} (${pid}${port === null ? '' : `, port ${port}`})`, style),
    ...fact('it says', status),
    ...fact('started', startedAt === null ? null : `${instant(startedAt)} (${age(startedAt, now)})`),
  ]
}

function controlFacts(control: ControlFile): readonly Fact[] {
  const position = (lsn: bigint | null) => (lsn === null ? UNKNOWN : formatLsn(lsn))
  const recovery = control.minRecoveryLsn
  return [
    ...fact('control file', control.state),
    ...fact('system identifier', control.systemIdentifier),
    ...fact(
      'latest checkpoint',
      `${position(control.checkpointLsn)}, redo ${position(control.redoLsn)}, timeline ${count(control.timeline)}`,
    ),
    ...fact(
      'recovery ends at',
      recovery === null ? null : `${formatLsn(recovery)}, timeline ${count(control.minRecoveryTimeline)}`,
    ),
  ]
}
