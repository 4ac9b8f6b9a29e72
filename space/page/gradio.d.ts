/** The names that Gradio has in scope where it runs a component's `js_on_load`; `module()` of modules.py hands
 * them to the `start` of the component's module. */
interface GradioScope {
  /** the element around the component's template */
  element: HTMLElement;
  /** what the constructor was given and events have changed since; setting one renders the template again */
  props: Record<string, any>;
  /** start an event of the component; `module()` is told its name too */
  trigger(event: string, data?: unknown): void;
  /** call back after the server has changed one of these props */
  watch(names: string | string[], callback: () => void): void;
  /** the component's `server_functions`; each takes one argument, and gives undefined where it failed */
  server: Record<string, (data: unknown) => Promise<any>>;
  upload(file: File): Promise<{ path: string; url: string }>;
}

interface Window {
  /** what Gradio's events tell link.js: a list until that has started */
  labEvents?: { push(event: [string, ...unknown[]]): void };
  /** link.js, for Gradio's events and for tests */
  labLink?: Record<string, any>;
}

interface HTMLElement {
  /** of a `button.download`: the file's content (downloads.js) */
  offer?: () => unknown;
  /** of lessons' components: a handle for tests and the curious */
  classifyLesson?: any;
  diffusion?: any;
  ganGame?: any;
  heightsLesson?: any;
  latentMap?: any;
  likelyCards?: any;
  ownDigit?: any;
  pixelOwn?: any;
  pixelPlay?: any;
  trainingRun?: any;
  treeLesson?: any;
}
