// The list of pg_hba.conf in Patroni's dynamic configuration: a request replaces it as a whole.

import * as z from 'zod'

const configForm = z.object({ postgresql: z.object({ pg_hba: z.array(z.string()) }) })

/** Its lines; null: the document has no such list. */
export function listedIn(document: unknown): readonly string[] | null {
  const parsed = configForm.safeParse(document)
  return parsed.success ? parsed.data.postgresql.pg_hba : null
}

/** Whether a list is still what a request was planned for. */
export function isSameList(one: readonly string[] | null, other: readonly string[]): boolean {
  return one !== null && one.length === other.length && one.every((line, index) => line === other[index])
}
