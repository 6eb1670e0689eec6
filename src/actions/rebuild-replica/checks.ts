// Checks before a replica is rebuilt: its upstream, its users, its standbys.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { knownSystemIdentifier } from '../hosts/server-on-host.ts'

/** Fails for a writable database in every case: its data would be put aside. */
export function notWritable(target: string): PreflightCheck {
  return {
    id: 'takes-no-writes',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, target)
      if (!view) return null
      if (isWritable(view))
        return {
          result: 'fail',
          message: `${view.name} is writable`,
          hint: `Fence it first: pgdeck do fence ${target}`,
        }
      if (view.problem)
        return {
          result: 'warn',
          message: `whether ${view.name} is writable is unknown: ${view.problem.message}`,
          hint: 'Check it on its host: the writes that only it has would be moved aside.',
        }
      return { result: 'pass', message: `${view.name} is a standby`, hint: null }
    },
  }
}

/** Warns if it is unknown whether both have the same system identifier. */
export function sameSystemCheck(target: DatabaseView, upstream: DatabaseView): PreflightCheck {
  return {
    id: 'same-system',
    mayOverride: true,
    async run({ picture }, __, tools): Promise<PreflightResult> {
      if (areMirrored(picture, target, upstream)) {
        return {
          result: 'fail',
          message: `${target.name} and ${upstream.name} mirror each other: as a standby ${target.name} would lose the writes of its own users`,
          hint: 'Let the mirroring between them catch up instead; pgdeck do ha-setup sets it up again.',
        }
      }
      const [own, other] = [await knownSystemIdentifier(target, tools), upstream.systemIdentifier]
      if (own === other && own !== null)
        return { result: 'pass', message: `both have system identifier ${own}`, hint: null }
      if (own === null || other === null)
        return {
          result: 'warn',
          message: `the system identifier of ${target.name} is unknown`,
          hint: 'Its data is kept aside.',
        }
      return {
        result: 'fail',
        message: `${target.name} has system identifier ${own}, ${upstream.name} has ${other}: the rebuild would replace another database`,
        hint: 'Overrule it only if you do not need the data of this server.',
      }
    },
  }
}

/** Warns of standbys below it: they wait until it is back. */
export function cascadingStandbysCheck(target: string): PreflightCheck {
  return {
    id: 'standbys-below',
    mayOverride: false,
    run({ picture }): PreflightResult {
      const below = standbysOf(picture, target).map(({ name }) => name)
      if (below.length === 0) return null
      return {
        result: 'warn',
        message: `${below.join(', ')} replicates from it: disconnected meanwhile, perhaps for good`,
        hint: 'Point them at another upstream first: pgdeck do follow.',
      }
    },
  }
}
