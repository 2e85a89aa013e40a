/** Foot of every page: what receipts are worth, theme, keys, and the line against impostors. */
import { useState } from 'react'
import { Help } from '../component/Help.tsx'
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.ts'

export function Foot() {
  const [theme, setTheme] = useState<Theme>(storedTheme)
  return (
    <footer className="foot">
      <p>
        A receipt is evidence with stated odds, not a certainty. What you send in to be trained on becomes public to the
        workers.
      </p>
      <div className="row">
        <p>Nobody from Blyan asks for your keys or moves you to a chat.</p>
        <div className="row">
          <Help />
          <label>
            Colours{' '}
            <select
              className="foot-select"
              value={theme}
              onChange={(event) => {
                const next = THEMES.find((name) => name === event.target.value) ?? 'system'
                applyTheme(next)
                setTheme(next)
              }}
            >
              <option value="system">as the system</option>
              <option value="light">light</option>
              <option value="dark">dark</option>
            </select>
          </label>
        </div>
      </div>
    </footer>
  )
}
