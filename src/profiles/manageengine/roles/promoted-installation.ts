// What one promotion by the vendor's procedure is about: the server, where it is installed, and who plays which part.

import type { PromotionParticipants } from '../../../actions/definition/participants.ts'
import type { DatabaseService } from '../../../actions/hosts/service.ts'
import type { ServerView } from '../../../model/picture/picture.ts'
import type { ProductInstallation } from './installation.ts'

/** Everything that the steps of one promotion are made from. */
export interface PromotedInstallation {
  readonly participants: PromotionParticipants
  readonly server: ServerView
  readonly installation: ProductInstallation
  /** How the old primary is stopped on its host; null where none is known. */
  readonly service: DatabaseService | null
  readonly documented: boolean
}
