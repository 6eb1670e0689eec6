// Metrics of a cluster as a whole: health, who serves, the loss of a failover, alerts, ages of readings.

import type { FailoverEstimate, Health } from '../../../model/picture/picture.ts'
import { subjectText } from '../../../model/picture/subject.ts'
import { knownSample, type MetricFamily, type MetricSample } from './family.ts'

const HEALTHS: readonly Health[] = ['ok', 'warning', 'critical', 'unknown']

function ofFailover(figure: (estimate: FailoverEstimate) => number | null): MetricFamily['samples'] {
  return ({ failover }): readonly MetricSample[] => {
    const { ifFails, candidate } = failover
    if (ifFails === null || candidate === null) return []
    return knownSample(figure(failover), { if_fails: ifFails, candidate })
  }
}

export const clusterFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_health',
    help: 'Health of a cluster: 1 for the state it is in (ok, warning, critical or unknown), 0 for the others.',
    labels: ['state'],
    samples: ({ health }) => HEALTHS.map((state) => ({ labels: { state }, value: Number(state === health) })),
  },
  {
    name: 'pgdeck_serving',
    help: 'Which server (or, without servers, which database) serves the users, with their access: always 1.',
    labels: ['server', 'access'],
    samples: ({ serving }) => (serving ? knownSample(1, { server: serving.id, access: serving.access }) : []),
  },
  {
    name: 'pgdeck_failover_loss_bytes',
    help: "WAL that would be lost if the candidate took over, as of the primary's last known position.",
    labels: ['if_fails', 'candidate'],
    samples: ofFailover(({ lossBytes }) => lossBytes),
  },
  {
    name: 'pgdeck_failover_loss_seconds',
    help: "Age of the oldest commit that would be lost, as of the primary's last known position.",
    labels: ['if_fails', 'candidate'],
    samples: ofFailover(({ lossSeconds }) => lossSeconds),
  },
  {
    name: 'pgdeck_failover_loss_basis_age_seconds',
    help: "Age of the primary's position that the loss is computed from: WAL written after that is not counted.",
    labels: ['if_fails', 'candidate'],
    samples: ofFailover(({ lossBytes, basisAgeMs }) => (lossBytes === null ? null : basisAgeMs / 1000)),
  },
  {
    name: 'pgdeck_failover_writable_seconds',
    help: 'Estimated time until the candidate is writable.',
    labels: ['if_fails', 'candidate'],
    samples: ofFailover(({ writableInSeconds }) => writableInSeconds),
  },
  {
    name: 'pgdeck_failover_blockers',
    help: 'Number of reasons against a failover now.',
    labels: [],
    samples: ({ failover }) => knownSample(failover.blockers.length, {}),
  },
  {
    name: 'pgdeck_alert',
    help: 'An alert in force: always 1. The subject is a node, a slot (node/slot) or the cluster.',
    labels: ['rule', 'severity', 'subject'],
    samples: ({ alerts }) =>
      alerts.flatMap(({ rule, severity, subject }) =>
        knownSample(1, { rule, severity, subject: subjectText(subject) }),
      ),
  },
  {
    name: 'pgdeck_last_reading_timestamp_seconds',
    help: 'When a database or server last answered; its other figures are left out while it fails.',
    labels: ['node'],
    samples: ({ databases, servers }) =>
      [...databases, ...servers].flatMap(({ id, readAt }) =>
        knownSample(readAt === null ? null : readAt / 1000, { node: id }),
      ),
  },
]
