/** Schema `app`: what people left with this gateway. It survives a rebuild of the index. */
import { pgSchema } from 'drizzle-orm/pg-core'

export const appSchema = pgSchema('app')
