/** The script that pages name. */
import { run } from "./main";

run(document.currentScript as HTMLScriptElement | null);
