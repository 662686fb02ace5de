declare module "*.svelte" {
  const component: import("svelte").Component;
  export default component;
}

declare module "vue/dist/vue.esm-bundler.js" {
  export * from "vue";
}
