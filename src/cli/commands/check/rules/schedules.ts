// The check of the schedules: that the one server that runs them can.

import { schedulesText } from '../../../../model/app-servers/schedules.ts'
import type { CheckRule } from '../evaluation/check-rule.ts'

const STATUS = { run: 'ok', stopped: 'warning', unknown: 'unknown' } as const

export const schedulesCheck: CheckRule = {
  title: 'schedules',
  explains:
    'A warning while no server runs the schedules: the primary server alone runs them, or the server that acts in its place after a promotion.',
  subjectKind: 'clusters',
  limit: null,
  expectation: null,
  evaluate({ picture: { schedules }, title }) {
    return schedules ? [{ status: STATUS[schedules.state], text: schedulesText(schedules, title) }] : []
  },
  emptyText: 'no application server is known',
}
