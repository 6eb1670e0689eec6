// Metrics of the manager of a cluster: whether it could fail over by itself now, and what it has planned.

import { whyItPromotesNobody } from '../../../model/managers/takeover.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import { knownSample, type MetricFamily } from './family.ts'

/** Signs that any user can fake are no manager. */
const inCharge = ({ manager }: Picture) => (manager?.activity === 'hint' ? null : manager)
const flag = (value: boolean | null | undefined) => (value == null ? null : Number(value))
const instant = (at: number | null | undefined) => (at == null ? null : at / 1000)

export const managerFamilies: readonly MetricFamily[] = [
  {
    name: 'pgdeck_manager',
    help: 'Which manager is in charge of the cluster (live), or may be (silent): always 1.',
    labels: ['kind', 'standing'],
    samples: (picture) => {
      const manager = inCharge(picture)
      return manager ? knownSample(1, { kind: manager.kind, standing: manager.activity }) : []
    },
  },
  {
    name: 'pgdeck_manager_paused',
    help: '1 while the manager is paused: nothing fails over by itself. 0 while it is not.',
    labels: [],
    samples: (picture) => knownSample(flag(inCharge(picture)?.paused), {}),
  },
  {
    name: 'pgdeck_manager_agent_up',
    help: 'Whether the agent of the manager beside a database runs (1) or does not answer (0).',
    labels: ['node'],
    samples: (picture) =>
      Object.entries(inCharge(picture)?.agents ?? {}).flatMap(([node, state]) =>
        knownSample(Number(state === 'runs'), { node }),
      ),
  },
  {
    name: 'pgdeck_dcs_lost',
    help: '1 while all agents that answer have lost their configuration store (DCS): nobody is promoted. 0 while one reaches it.',
    labels: [],
    samples: (picture) => {
      const manager = inCharge(picture)
      return manager?.details?.dcs ? knownSample(flag(whyItPromotesNobody(manager) !== null), {}) : []
    },
  },
  {
    name: 'pgdeck_dcs_reached_timestamp_seconds',
    help: 'When an agent last reached the configuration store (DCS).',
    labels: [],
    samples: (picture) => knownSample(instant(inCharge(picture)?.details?.dcs?.seenAt), {}),
  },
  {
    name: 'pgdeck_manager_failsafe',
    help: '1 while the manager continues without its configuration store (failsafe mode).',
    labels: [],
    samples: (picture) => knownSample(flag(inCharge(picture)?.details?.dcs?.isFailsafe), {}),
  },
  {
    name: 'pgdeck_manager_switchover_timestamp_seconds',
    help: 'When the manager will switch over as planned; absent without a plan.',
    labels: [],
    samples: (picture) => knownSample(instant(inCharge(picture)?.details?.scheduledSwitchover?.at), {}),
  },
]
