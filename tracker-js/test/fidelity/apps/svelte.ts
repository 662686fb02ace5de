import { flushSync, mount } from "svelte";
import Board from "./Board.svelte";

mount(Board, { target: document.querySelector("#root") as Element });
flushSync();
