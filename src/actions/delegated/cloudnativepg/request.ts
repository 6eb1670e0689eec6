// What CloudNativePG is asked, as the journal keeps it.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import * as arg from '../../definition/step-arguments.ts'

const requestForm = () =>
  arg.form({
    call: arg.oneOf('promote', 'restart', 'unfence', 'pause', 'resume'),
    /** The words after kubectl, without its namespace. */
    words: arg.texts(),
    cluster: arg.text(),
    /** null: the whole cluster. */
    instance: arg.optionalText(),
    /** System identifier; the operator must have the same. null: unknown. */
    system: arg.optionalText(),
  })
export type OperatorRequest = arg.Of<typeof requestForm>

/** Reads a request of a plan or a journal. Throws ActionError. */
export function operatorRequest(request: JsonRecord): OperatorRequest {
  const read = requestForm().safeParse(request)
  if (read.success) return read.data
  throw new ActionError('the request to CloudNativePG is of another version of pgdeck', 'Plan again.')
}
