// Details of a database: whether it takes new connections, and the last new login of pgdeck.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isUnasked } from '../../../model/values/fault.ts'
import { faultOf, type Reading } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { age, milliseconds } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'

/** Empty before the first test, and through a pooler. */
export function newConnectionSection({ databases }: ClusterState, { id }: DatabaseView, now: number): DetailSection {
  const record = databases.find(({ spec }) => spec.id === id)
  const reading = record?.newConnections?.reading ?? null
  const login = record?.login ?? null
  return {
    title: 'NEW CONNECTIONS',
    age: '',
    fields: [
      ...(reading === null ? [] : answerFields(reading, now)),
      ...(login === null ? [] : loginFields(login, now)),
    ],
  }
}

function answerFields(
  reading: NonNullable<ClusterState['databases'][number]['newConnections']>['reading'],
  now: number,
): DetailSection['fields'] {
  const fault = faultOf(reading)
  if (fault !== null)
    return [
      ...(isUnasked(fault)
        ? detailField('accepted', `unknown since ${age(fault.since, now)} ago: ${fault.message}`, 'warning')
        : detailField('accepted', `no longer since ${age(fault.since, now)} ago: ${fault.message}`, 'critical')),
      ...detailField('', fault.hint, 'dim'),
    ]
  if (reading.state !== 'fresh') return []
  const { address, answerMs, tlsProblem } = reading.value
  return [
    ...detailField('accepted', `${age(reading.at, now)} ago, after ${milliseconds(answerMs)}`),
    ...detailField('by', address),
    ...detailField('TLS', tlsProblem ?? null, 'warning'),
  ]
}

function loginFields(login: Reading<null>, now: number): DetailSection['fields'] {
  const fault = faultOf(login)
  if (fault === null) return login.state === 'fresh' ? detailField('logged in again', `${age(login.at, now)} ago`) : []
  return [
    ...detailField('login', `refused since ${age(fault.since, now)} ago: ${fault.message}`, 'warning'),
    ...detailField('', fault.hint, 'dim'),
  ]
}
