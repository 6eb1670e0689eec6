// Why a step of an action failed, as text, with what to do next.

import { type Fault, FaultError } from '../values/fault.ts'

/** Thrown by a step that failed for a reason other than a fault of a database or host. */
export class ActionError extends Error {
  override readonly name: string = 'ActionError'
  readonly hint: string | null

  constructor(message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Read-only mode. Nothing was changed. */
export class ReadOnlyError extends ActionError {
  override readonly name = 'ReadOnlyError'
}

/** Another server answers behind a database than the planned one. Nothing was done on it. */
export class OtherServerError extends ActionError {
  override readonly name = 'OtherServerError'
}

/** A step is not skipped, because the reason does not accept its cost. Nothing was changed. */
export class SkipRefusedError extends ActionError {
  override readonly name = 'SkipRefusedError'
}

/** It is not confirmed as required. Nothing was changed. */
export class NotConfirmedError extends ActionError {
  override readonly name = 'NotConfirmedError'
}

/** A run that can't be journalled any more: it stopped there and can be resumed. */
export class RunInterruptedError extends ActionError {
  override readonly name = 'RunInterruptedError'
}

/** Thrown if a statement or command was sent, and the connection was lost or the limit passed before its answer. */
export class OutcomeUnknown extends FaultError {
  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault, options)
    this.name = 'OutcomeUnknown'
  }
}
