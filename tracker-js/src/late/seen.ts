/** The part of the page that is in sight: of a page that fingers have zoomed less than the window, whose size stays. */
export function seen(): [top: number, bottom: number] {
  const { pageTop = window.scrollY, height = window.innerHeight } = window.visualViewport ?? {};
  return [Math.max(0, pageTop), pageTop + height];
}
