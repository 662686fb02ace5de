import { launch } from '../browser.ts'
import { prepare } from './prepare.ts'
import { DashboardServer } from './server.ts'

/** Runs the fixture server until it is interrupted. */
export async function main(): Promise<void> {
  const server = new DashboardServer()
  server.answers.needLogin = false
  await server.start(Number(process.env['PORT'] ?? 0))
  const browser = await launch()
  await prepare(server, browser)
  await browser.close()
  console.log(`Dashboard with made-up data: ${server.origin}/`)
  process.once('SIGINT', () => void server.stop())
}
