/** The tab's title carries state, such as "2/4 checking, task 12". */
import { useEffect } from 'react'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Blyan' : `${title} · Blyan`
  }, [title])
}
