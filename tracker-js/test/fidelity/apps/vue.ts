/** A list with transitions, two-way binding, a conditional block and a teleport. */
import { createApp } from "vue/dist/vue.esm-bundler.js";

createApp({
  data: () => ({ items: ["a", "b", "c"], word: "", shown: true, away: false, n: 0 }),
  template: `
    <section :class="{ many: items.length > 4 }">
      <input id="word" v-model="word"> <b>{{ word || "nothing" }}</b>
      <button id="add" @click="items.splice(1, 0, 'new ' + n++)">Add</button>
      <button id="toggle" @click="shown = !shown">Toggle</button>
      <button id="reverse" @click="items.reverse()">Reverse</button>
      <button id="teleport" @click="away = !away">Away</button>
      <TransitionGroup tag="ul"><li v-for="i in items" :key="i" :style="{ color: i.startsWith('new') ? 'rgb(0, 0, 200)' : '' }">{{ i }}</li></TransitionGroup>
      <p v-if="shown">Shown <span v-text="items.length"></span></p><p v-else>Hidden</p>
      <div v-show="shown" v-html="'<i>raw ' + items.length + '</i>'"></div>
      <Teleport to="#side" :disabled="!away"><div>Side {{ items[0] }}</div></Teleport>
    </section>`,
}).mount("#root");
