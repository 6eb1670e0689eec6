// Parses what Aurora tells of the instances of its cluster. What is not understood is unknown and costs nothing else.

import * as z from 'zod'
import type { AuroraFacts, AuroraInstance } from '../../../model/measured/managers/aurora.ts'
import { type Lsn, parseLsn } from '../../../model/values/lsn.ts'
import { cleanText } from '../answers/answer.ts'

const figure = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().nonnegative())
  .nullable()
  .catch(null)

const instance = z.object({
  name: cleanText.nullable(),
  session: cleanText.nullable(),
  lagMs: figure,
  replayMicroseconds: figure,
  durableLsn: z.string().nullable(),
  updatedAt: z.string().nullable(),
})

/** Schema of the document of `AURORA_SQL`. */
export const auroraDocument = z
  .object({ self: cleanText.nullable(), instances: z.array(instance).nullable() })
  .nullable()
  .catch(null)

const WRITER = 'MASTER_SESSION_ID'
/** The rows of readers that are gone remain, and are no longer updated. */
const REPORTS_FOR_MS = 300_000

/** Returns null if the server tells nothing. `clock`: its time, in milliseconds since the epoch. */
export function auroraFacts(document: z.infer<typeof auroraDocument> | undefined, clock: number): AuroraFacts | null {
  if (!document || (document.self === null && document.instances === null)) return null
  const { self, instances } = document
  if (instances === null) return { self, instances }
  return {
    self,
    instances: instances.flatMap(({ name, session, updatedAt, durableLsn, ...rest }): readonly AuroraInstance[] => {
      const isWriter = session === WRITER
      if (name === null || (!isWriter && isOld(updatedAt, clock))) return []
      return [{ name, ...rest, isWriter, durableLsn: positionOf(durableLsn) }]
    }),
  }
}

/** The instance that was asked may have no time. */
function isOld(updatedAt: string | null, clock: number): boolean {
  if (updatedAt === null) return false
  const at = Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(updatedAt) ? updatedAt : `${updatedAt}Z`)
  return Number.isFinite(at) && clock - at > REPORTS_FOR_MS
}

/** Aurora prints its positions as numbers. */
function positionOf(text: string | null): Lsn | null {
  if (text === null) return null
  return /^\d{1,19}$/.test(text) ? BigInt(text) : parseLsn(text)
}
