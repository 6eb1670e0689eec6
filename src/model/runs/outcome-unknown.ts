// The answer to something that was sent did not come: whether it had its effect, only its effect can tell.

import { type Fault, FaultError } from '../values/fault.ts'

/** Thrown where a statement or command went out and the connection was lost, or the limit passed, before its answer. */
export class OutcomeUnknown extends FaultError {
  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault, options)
    this.name = 'AnswerLost'
  }
}
