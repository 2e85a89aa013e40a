/** After a reload the token is gone, the cookie is not: asks once for another before somebody is called signed out. */
import { useEffect, useState } from 'react'
import { useServices } from '../../shell/services.tsx'

/** @returns true while it is being asked for */
export function useRestoredSession(): boolean {
  const { api, session } = useServices()
  const [restoring, setRestoring] = useState(() => session.current() === null && session.maySignIn())
  useEffect(() => {
    if (!restoring) return
    let gone = false
    api
      .refresh()
      .catch(() => false)
      .finally(() => {
        if (!gone) setRestoring(false)
      })
    return () => {
      gone = true
    }
  }, [api, restoring])
  return restoring
}
