// Why a step of an act failed, in words, with what to do next.

import { type Fault, FaultError } from '../values/fault.ts'

/** Thrown by a step that failed for a reason that is not a database's or host's own fault. */
export class ActionError extends Error {
  override readonly name: string = 'ActionError'
  readonly hint: string | null

  constructor(message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Nothing may be changed here at all: read-only. Nothing was. */
export class ReadOnlyError extends ActionError {
  override readonly name = 'ReadOnlyError'
}

/** Another server answers behind a database than the one that was planned on. Nothing was done on it. */
export class OtherServerError extends ActionError {
  override readonly name = 'OtherServerError'
}

/** A step is not left out: its reason does not say what that may cost. Nothing was changed by that. */
export class SkipRefusedError extends ActionError {
  override readonly name = 'SkipRefusedError'
}

/** Nobody has confirmed it as it has to be. Nothing was changed. */
export class NotConfirmedError extends ActionError {
  override readonly name = 'NotConfirmedError'
}

/** A run that could not be written down any more: it was left where it was, and can be gone on with. */
export class RunInterruptedError extends ActionError {
  override readonly name = 'RunInterruptedError'
}

/** Thrown where a statement or command went out and the connection was lost, or the limit passed, before its answer. */
export class OutcomeUnknown extends FaultError {
  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault, options)
    this.name = 'OutcomeUnknown'
  }
}
