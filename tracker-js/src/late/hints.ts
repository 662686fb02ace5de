/** What the browser says of itself where it is asked: names and versions. The view waits for it. */
import type { Context } from "../observe/context";

interface Hints {
  fullVersionList: { brand: string; version: string }[];
  mobile: boolean;
  platform: string;
  platformVersion: string;
}

interface Agent {
  getHighEntropyValues(names: string[]): Promise<Hints>;
}

/** Where the browser gives none the server reads its header. */
export async function askHints(ctx: Context): Promise<void> {
  ctx.hints = null;
  try {
    const { userAgentData } = navigator as { userAgentData?: Agent };
    const h = await userAgentData?.getHighEntropyValues(["fullVersionList", "platformVersion"]);
    if (h)
      ctx.hints = {
        brands: h.fullVersionList.map((b) => [b.brand, b.version]), os: h.platform, os_version: h.platformVersion, mobile: h.mobile,
      };
  } catch {}
}
