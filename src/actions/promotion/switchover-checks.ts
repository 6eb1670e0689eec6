// Checks of a switchover: how the old primary is stopped, and whether the candidate will receive its last record.

import { isStandbyOf, linkTo } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isFlowing } from '../../model/picture/status.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import type { DatabaseService } from '../hosts/service.ts'

/** Reports how the primary is stopped. Warns if a person must do it. */
export function stopMethodCheck(
  primary: DatabaseView,
  { control, host, dataDirectory }: DatabaseService,
): PreflightCheck {
  return {
    id: 'stop-cleanly',
    mayOverride: false,
    run(): PreflightResult {
      if (control !== 'manual') {
        const proof = dataDirectory === null ? '; without "dataDirectory" pgdeck can’t read its last checkpoint' : ''
        return {
          result: proof === '' ? 'pass' : 'warn',
          message: `pgdeck stops ${primary.name} through its host, ${host}${proof}`,
          hint: null,
        }
      }
      const hint = 'Set for its host in the config "ssh" or "local", and "stop", or "binDirectory" and "dataDirectory".'
      return {
        result: 'warn',
        message: `you stop and start ${primary.name} by hand, with the commands of the plan`,
        hint,
      }
    },
  }
}

/** The last record of a primary is in a file that is archived after its shutdown, if at all: nobody can prove that it came. */
function fedByArchive(target: string, primary: string): PreflightResult {
  return {
    result: 'fail',
    message: `${target} does not stream from ${primary}: it restores WAL files from an archive (archive)`,
    hint: `Set primary_conninfo on ${target} and reload: it streams once it has restored what the archive holds.`,
  }
}

/** A stop waits until the standbys have received all WAL: with more than this it takes a while. */
const MUCH_BYTES = 64 * 1024 * 1024

/** Fails for a candidate that does not stream from the primary: it would never receive the last record. */
export function candidateStreams({ target, primary }: PromotionParticipants): PreflightCheck {
  return {
    id: 'candidate-streams',
    mayOverride: false,
    run({ picture }): PreflightResult {
      const link = linkTo(picture, target.id)
      if (!link || !isStandbyOf(link, primary?.id) || !isFlowing(link.state)) {
        if (link?.state === 'archive') return fedByArchive(target.name, primary?.name ?? 'the primary')
        const message = `${target.name} does not stream from ${primary?.name ?? 'the primary'} (${link?.state ?? 'no link'})`
        return {
          result: 'fail',
          message,
          hint: 'Restore its replication first, or choose a standby that streams from it.',
        }
      }
      const bytes = link.lag.flushedBytes
      const message = `${target.name} streams from ${primary?.name}, ${bytes === null ? '?' : formatBytes(bytes)} behind`
      const isMuch = bytes === null || bytes > MUCH_BYTES
      return {
        result: isMuch ? 'warn' : 'pass',
        message,
        hint: isMuch ? 'The shutdown waits for it: wait until it has caught up.' : null,
      }
    },
  }
}
