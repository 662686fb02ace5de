/** The headers that the API sets for the dashboard's files; the tests run under the same. */
export function dashboardPolicy(replayOrigin: string): string {
  return (
    `default-src 'self'; frame-src ${replayOrigin}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; ` +
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
  )
}

export function framePolicy(dashboardOrigin: string, remoteAssets: boolean): string {
  const remote = remoteAssets ? ' https: http:' : ''
  return (
    `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'${remote}; img-src 'self' data: blob:${remote}; ` +
    `font-src data:${remote}; media-src 'none'; connect-src 'none'; frame-src 'self'; frame-ancestors ${dashboardOrigin}`
  )
}
