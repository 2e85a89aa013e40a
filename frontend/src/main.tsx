/** The page's beginning. */
import { createRoot } from 'react-dom/client'
import { App } from './shell/App.tsx'
import { createServices, ServicesProvider } from './shell/services.tsx'
import { applyTheme, storedTheme } from './shell/theme.ts'
import './style/index.css'

applyTheme(storedTheme())
createRoot(document.getElementById('root')!).render(
  <ServicesProvider services={createServices()}>
    <App />
  </ServicesProvider>,
)
