// Schema of a server's identity in files of the state directory.

import * as z from 'zod'

export const serverIdentitySchema = z.object({
  systemIdentifier: z.string(),
  postmasterStart: z.string().regex(/^\d{1,16}$/),
  port: z.number(),
})
