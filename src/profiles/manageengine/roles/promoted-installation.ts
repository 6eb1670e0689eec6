// The subject of one promotion by the vendor's procedure: the server, its installation, and the participants.

import type { PromotionParticipants } from '../../../actions/definition/participants.ts'
import type { DatabaseService } from '../../../actions/hosts/service.ts'
import type { ServerView } from '../../../model/picture/picture.ts'
import type { ProductInstallation } from './installation.ts'

/** Everything that the steps of one promotion need. */
export interface PromotedInstallation {
  readonly participants: PromotionParticipants
  readonly server: ServerView
  readonly installation: ProductInstallation
  /** How the old primary is stopped on its host; null if unknown. */
  readonly service: DatabaseService | null
  readonly documented: boolean
}
